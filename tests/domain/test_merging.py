"""Two orders of one cause become one, and one order of two causes becomes two."""

from datetime import timedelta

from domain import actions as a
from domain import regrouping as r
from domain.actor import SYSTEM
from domain.agenda import arrival_deadline
from domain.duties import Duty, duties
from domain.kinds import Hazard, Role, TaskKind
from domain.moves import allowed
from domain.outage import Stage, Task, TaskState
from tests.domain.builders import BOARD, CREW, START, Story, a_tally, refused
from tests.domain.lives import ACTORS, a_brought_task

DISPATCHER = ACTORS[Role.DISPATCHER]
OTHER = "out_2"


def absorb(story: Story, *tasks: Task, **changes: object) -> r.Absorb:
    """The words by which an order with one report, ten minutes older, is handed over."""
    base = a_tally(story.outage.reports + 1, customers=story.outage.customers + 5)
    tally = base.model_copy(update={"clock_start": START - timedelta(minutes=10), **changes})
    return r.Absorb(outage=OTHER, restorations=0, tally=tally, tasks=tasks)


def test_while_reports_are_handed_over_only_the_system_may_do_anything() -> None:
    story = Story().is_assigned()
    story.does(DISPATCHER, r.Merge(into=OTHER))
    code = refused(story, CREW, a.Acknowledge(task=story.task())).code

    assert code == "regrouping_under_way"
    assert story.outage.status == "merging"
    assert duties(story.outage) == (Duty.REGROUP,)
    assert [item.action for item in allowed(story.outage, Role.DISPATCHER)] == []


def test_a_merged_order_is_over_and_says_where_everything_went() -> None:
    story = Story().is_assigned()
    story.does(DISPATCHER, r.Merge(into=OTHER))
    story.does(SYSTEM, r.NoteMerge(into=OTHER))
    refusal = refused(story, CREW, a.Acknowledge(task=story.task()))

    assert (story.outage.stage, story.outage.status) == (Stage.CLOSED, "merged")
    assert (story.outage.customers_off, story.outage.open_tasks) == (0, ())
    assert (refusal.code, refusal.params) == ("moved_to", {"outage": OTHER})
    assert duties(story.outage) == (Duty.ARCHIVE,)


def test_an_order_that_was_refused_goes_on_as_before() -> None:
    story = Story().is_assigned()
    story.does(DISPATCHER, r.Merge(into=OTHER))
    story.does(SYSTEM, r.NoteMerge(into=OTHER, refused="merge_target_over"))
    story.does(CREW, a.Acknowledge(task=story.task()))

    assert story.outage.regrouping is None
    assert story.outage.tasks[0].state is TaskState.ACKNOWLEDGED


def test_the_earliest_report_sets_the_clock_of_both() -> None:
    story = Story()
    before = arrival_deadline(story.outage, story.policy)
    story.does(SYSTEM, absorb(story))

    assert arrival_deadline(story.outage, story.policy) == before - timedelta(minutes=10)
    assert (story.outage.reports, story.outage.stage) == (2, Stage.CONFIRMED)
    assert story.outage.customers_off == story.outage.customers == 15


def test_taking_over_twice_changes_nothing() -> None:
    story = Story()
    story.does(SYSTEM, absorb(story))
    before = story.outage
    events = story.does(SYSTEM, absorb(story))

    assert events == ()
    assert story.outage == before


def test_a_crew_keeps_its_work_and_what_nobody_has_is_needed_no_more() -> None:
    story = Story()
    story.does(SYSTEM, absorb(story, a_brought_task(story.outage)))
    own, brought = story.outage.tasks

    assert own.state is TaskState.CANCELLED
    assert (brought.id, brought.crew, brought.state) == (
        story.task(2),
        "crew-2",
        TaskState.EN_ROUTE,
    )
    assert story.outage.epoch == brought.epoch


def test_a_board_goes_on_with_numbers_above_those_that_came_along() -> None:
    story = Story().is_assigned()
    brought = a_brought_task(story.outage).model_copy(update={"epoch": 40})
    story.does(SYSTEM, absorb(story, brought))
    low = a.Release(task=story.task(2), crew="crew-2", epoch=40, reason="reassigned")
    code = refused(story, BOARD, low).code
    story.does(BOARD, low.model_copy(update={"epoch": 41}))

    assert code == "order_overtaken"
    assert story.outage.task(story.task(2)).crew is None


def test_a_crew_on_site_of_the_other_order_has_kept_the_promise_of_both() -> None:
    story = Story()
    here = a_brought_task(story.outage).model_copy(
        update={"state": TaskState.WORKING, "arrived_at": START}
    )
    story.does(SYSTEM, absorb(story, here))
    story.at(600)
    late = [rung for rung in story.wakes() if rung.rung.startswith("arrival/")]

    assert late == []


def test_a_danger_that_came_along_is_made_safe_first() -> None:
    story = Story()
    wire = frozenset({Hazard.WIRE_DOWN})
    story.does(SYSTEM, absorb(story, hazards=wire, hazards_watermark=2))

    assert story.outage.open_hazards == wire
    assert [task.kind for task in story.outage.open_tasks] == [
        TaskKind.REPAIR,
        TaskKind.MAKE_SAFE,
    ]


def test_an_order_that_is_lit_merged_or_announced_takes_nothing_over() -> None:
    lit = Story().is_restored()
    merging = Story()
    merging.does(DISPATCHER, r.Merge(into="out_3"))
    announced = Story(planned_until=START + timedelta(hours=2))

    assert refused(lit, SYSTEM, absorb(lit)).code == "move_not_allowed"
    assert refused(merging, SYSTEM, absorb(merging)).code == "regrouping_under_way"
    assert refused(announced, SYSTEM, absorb(announced)).code == "planned_work_on"
    assert refused(announced, DISPATCHER, r.Merge(into=OTHER)).code == "planned_work_on"


def test_calls_are_numbered_on_from_the_higher_of_both_restorations() -> None:
    story = Story()
    story.does(SYSTEM, absorb(story).model_copy(update={"restorations": 2}))
    story.is_restored()

    assert story.outage.restoration_no == 3


def test_an_order_is_not_merged_into_itself() -> None:
    story = Story()

    assert refused(story, DISPATCHER, r.Merge(into=story.outage.id)).code == "merge_into_itself"


def test_what_is_split_off_takes_its_danger_along_and_leaves_the_clock() -> None:
    story = Story(tally=a_tally(3, hazards={"wire_down"}, hazards_watermark=3, customers=10))
    story.does(DISPATCHER, r.Split(reports=("rep_3",)))
    left = a_tally(2, customers=4).model_copy(
        update={"clock_start": story.outage.clock_start + timedelta(minutes=5)}
    )
    story.does(SYSTEM, r.NoteSplit(into=OTHER, moved=1, left=left))
    repair = [t for t in story.outage.open_tasks if t.kind is TaskKind.REPAIR]

    assert not story.outage.danger
    assert [task.kind for task in story.outage.open_tasks] == [TaskKind.REPAIR]
    assert story.outage.ready(repair[0])
    assert story.outage.clock_start == left.clock_start - timedelta(minutes=5)
    assert (story.outage.reports, story.outage.customers_off) == (2, 4)


def test_a_split_that_came_to_nothing_leaves_all_as_it_was() -> None:
    story = Story(tally=a_tally(2))
    story.does(DISPATCHER, r.Split(reports=("rep_9",)))
    story.does(SYSTEM, r.NoteSplit(refused="split_takes_none"))

    assert (story.outage.regrouping, story.outage.reports) == (None, 2)


def test_a_split_names_somebody_and_leaves_somebody() -> None:
    one, two = Story(tally=a_tally(1)), Story(tally=a_tally(2))

    assert refused(one, DISPATCHER, r.Split(reports=("rep_1",))).code == "split_takes_all"
    assert refused(two, DISPATCHER, r.Split()).code == "split_takes_none"
