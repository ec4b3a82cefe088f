"""A crew goes about its orders by the times it was told last, and so does what it is asked."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from domain import actions as a
from domain import events as e
from domain.outage import TaskState
from routing.moves import Move
from sim.field.crews import Job
from sim.future import Future
from sim.house.board import Board
from tests.domain.builders import BOARD, CREW, START, Story, minutes
from tests.sim.test_standby import a_crew
from tests.sim.towns import a_rehearsal, lived


class Repaired:
    """A repair that lives a story, with what was refused of it."""

    def __init__(self, story: Story) -> None:
        self.story = story

    @property
    def outage(self) -> Any:
        """The order as it stands."""
        return self.story.outage

    def act(self, actor: Any, what: a.Request) -> None:
        """Do it."""
        self.story.does(actor, what)


def taken(eta: float) -> Story:
    story = Story().at(1)
    what = a.Assign(task=story.task(), crew="crew-00", epoch=1, eta=START + minutes(eta))
    story.does(BOARD, what)
    story.does(CREW.model_copy(update={"crew": "crew-00"}), a.Acknowledge(task=story.task()))
    return story


def test_a_crew_takes_up_first_what_it_was_told_last_to_come_to_first() -> None:
    crew = a_crew(Future(START))
    sooner, later = taken(20), taken(50)
    orders = [SimpleNamespace(id=name, repair=Repaired(story))
              for name, story in (("sooner", sooner), ("later", later))]  # fmt: skip
    task = sooner.task()
    crew.jobs = [Job(each, task, 1, danger=False) for each in orders]  # type: ignore[arg-type]
    later.at(5).does(
        BOARD,
        a.Reschedule(task=later.task(), crew="crew-00", epoch=2, eta=START + minutes(10)),
    )
    crew._next()

    assert crew.serving is not None
    assert crew.serving.order is orders[1]  # type: ignore[comparison-overlap]


def test_a_board_tells_a_crew_that_keeps_an_order_only_the_time() -> None:
    story, future = taken(20), Future(START)
    office: Any = SimpleNamespace(live={story.outage.id: SimpleNamespace(repair=Repaired(story))})
    board = Board(office, None, None, future, "yu")  # type: ignore[arg-type]
    board._epoch = 1
    eta = START + timedelta(minutes=70)

    board._move(Move(story.task(), "crew-00", "crew-00", eta=eta))

    (task,) = story.outage.tasks
    assert (task.state, task.eta) == (TaskState.ACKNOWLEDGED, eta)
    assert board.refused == 0


def test_on_a_stormy_day_crews_hear_other_times_and_nobody_twice_of_the_same() -> None:
    world = lived(a_rehearsal(40, 9, storm=True))
    told = 0
    for order in world._kept:
        times = {}
        for event in order.repair.events:
            if isinstance(event.what, e.TaskAssigned):
                times[event.what.task] = event.what.eta
            elif isinstance(event.what, e.TaskRescheduled):
                told += 1
                assert times[event.what.task] != event.what.eta
                times[event.what.task] = event.what.eta

    assert told > 0
