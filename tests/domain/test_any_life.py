"""Whatever people, boards and clocks do, and in whatever order, these rules hold."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain import actions as a
from domain.actor import SYSTEM, Actor
from domain.agenda import agenda, deadlines, next_wake, rungs_due
from domain.decide import KNOWN_RULES, ready_to_seal
from domain.errors import Refused
from domain.events import Closed, Event, Opened, ReportsTaken, Restored, RungClimbed
from domain.evolve import fold
from domain.kinds import Hazard, KeyClass, Ladder, Role
from domain.moves import MOVES, Allowed, allowed
from domain.outage import DARK, LIT, LIVE, Stage, TaskState
from tests.domain.builders import OUTAGE, POLICIES, Story, a_tally, policy_named
from tests.domain.lives import (
    CODES_OF_THE_TABLE,
    CREWS,
    actor_of,
    likely_actor,
    nobody_is_passed_over_for_somebody_lower,
    request_for,
    steps_forward,
    steps_listed,
)

ROLES = st.sampled_from(Role)
KINDS = st.sampled_from(sorted(MOVES))
PROFILES = sorted(path.stem for path in POLICIES.glob("*.toml"))
SPANS_S = st.one_of(st.integers(0, 600), st.sampled_from((1800, 3600, 6 * 3600, 2 * 86400)))


class AnyLife(RuleBasedStateMachine):
    """One outage and everything that might be said to it."""

    story: Story

    @initialize(
        name=st.sampled_from(PROFILES),
        rules_version=st.sampled_from(sorted(KNOWN_RULES)),
        key_class=st.sampled_from((None, *KeyClass)),
        reports=st.integers(1, 3),
        hazards=st.sets(st.sampled_from(Hazard), max_size=1),
        customers=st.integers(1, 9),
    )
    def opens(
        self,
        name: str,
        rules_version: int,
        key_class: KeyClass | None,
        reports: int,
        hazards: set[Hazard],
        customers: int,
    ) -> None:
        """A first report opens it."""
        tally = a_tally(
            reports,
            hazards=hazards,
            hazards_watermark=reports if hazards else 0,
            customers=customers,
        )
        self.story = Story(
            policy_named(name), tally=tally, key_class=key_class, rules_version=rules_version
        )
        self.done: list[a.Action] = []
        self.number = 0

    # --- what happens -----------------------------------------------------------------------

    @rule(seconds=SPANS_S)
    def time_passes(self, seconds: int) -> None:
        """The clock goes on; nobody wakes."""
        self.story.now += timedelta(seconds=seconds)

    @rule()
    def the_timer_fires(self) -> None:
        """The workflow sleeps until something is due and climbs it."""
        wake = next_wake(self.story.outage, self.story.policy)
        if wake is not None:
            self.story.now = max(self.story.now, wake)
        if self.story.outage.stage is not Stage.CLOSED:
            self.attempt(SYSTEM, a.Climb())

    @rule(steps=st.integers(1, 9), data=st.data())
    def the_work_goes_on(self, steps: int, data: st.DataObject) -> None:
        """Boards, crews and the system take some of the steps that lead to the close."""
        for _ in range(steps):
            listed = steps_forward(self.story.outage)
            if not listed:
                return
            actor, item = data.draw(st.sampled_from(listed))
            what = request_for(self.story.outage, item.action, item.task)
            self.story.now += timedelta(seconds=data.draw(st.sampled_from((0, 30, 200, 900))))
            self.attempt(actor, what)

    @rule(data=st.data())
    def more_reports_are_heard(self, data: st.DataObject) -> None:
        """The relay tells of reports, some of them known, earlier or dangerous."""
        self.attempt(SYSTEM, self.request("take_reports", None, data))

    @rule(kind=KINDS, data=st.data())
    def somebody_likely_does(self, kind: str, data: st.DataObject) -> None:
        """Somebody of the right kind does something, on a random task."""
        tasks = [task.id for task in self.story.outage.tasks]
        task = data.draw(st.sampled_from(tasks)) if MOVES[kind].task_from else None
        actor = likely_actor(self.story.outage, kind, task)
        self.attempt(actor, self.request(kind, task, data), data)

    @rule(data=st.data())
    def somebody_does_what_is_listed(self, data: st.DataObject) -> None:
        """Somebody picks one of the buttons shown."""
        listed = steps_listed(self.story.outage)
        if listed:
            actor, item = data.draw(st.sampled_from(listed))
            self.attempt(actor, self.request(item.action, item.task, data), data)

    @rule(kind=KINDS, data=st.data())
    def anybody_tries_anything(self, kind: str, data: st.DataObject) -> None:
        """Somebody tries whatever comes to mind."""
        tasks = [task.id for task in self.story.outage.tasks] + [f"{OUTAGE}/t99"]
        task = data.draw(st.sampled_from(tasks)) if MOVES[kind].task_from else None
        self.attempt(self.somebody(data), self.request(kind, task, data), data)

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def an_action_is_sent_again(self, data: st.DataObject) -> None:
        """A retry of one of the last actions changes nothing."""
        action = data.draw(st.sampled_from(self.done[-40:]))

        assert self.story.takes(action) == ()

    # --- what holds ---------------------------------------------------------------------------

    @invariant()
    def the_state_is_the_fold_of_its_events(self) -> None:
        """Nothing is known that no event tells, and numbers have no gap."""
        events = self.story.events

        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert self.story.outage.seq == len(events)
        assert all(low.at <= high.at for low, high in pairwise(events))

    @invariant()
    def no_rung_is_climbed_twice(self) -> None:
        """What is climbed is on the agenda no more."""
        outage = self.story.outage

        climbed = [e.what.rung for e in self.story.events if isinstance(e.what, RungClimbed)]
        assert len(set(climbed)) == len(climbed)
        assert set(outage.climbed) <= set(climbed)
        waiting = {due.rung for due in agenda(outage, self.story.policy)}
        assert not waiting.intersection(climbed)

    @invariant()
    def the_stage_fits_the_tasks_and_the_customers(self) -> None:
        """Who is off, who works and where the order stands agree."""
        outage = self.story.outage

        assert (outage.customers_off > 0) == (outage.stage in DARK)
        if outage.stage in DARK:
            assert outage.open_tasks
        if outage.stage in (Stage.VERIFYING, Stage.CALLBACK, Stage.CLOSED):
            assert not outage.open_tasks
        if outage.danger and outage.stage in LIVE:
            assert any(task.danger for task in outage.open_tasks)
        for task in outage.tasks:
            assert (task.crew is None) <= (task.state in (TaskState.QUEUED, TaskState.CANCELLED))

    @invariant()
    def the_clock_is_the_earliest_report(self) -> None:
        """Every arrival promise runs from the first report of all."""
        told = [e.what.clock_start for e in self.story.events if isinstance(e.what, ReportsTaken)]
        opened = self.story.events[0].what
        assert isinstance(opened, Opened)

        assert self.story.outage.clock_start == min([opened.clock_start, *told])

    @invariant()
    def restorations_are_counted_one_by_one(self) -> None:
        """Each restoration has its own number and callbacks never run ahead of it."""
        outage = self.story.outage
        numbers = [e.what.restoration_no for e in self.story.events if isinstance(e.what, Restored)]

        assert numbers == sorted(set(numbers))
        assert not numbers or numbers[-1] <= outage.restoration_no
        if not outage.absorbed:
            assert numbers == list(range(1, outage.restoration_no + 1))
        assert outage.callbacks_finished <= outage.callbacks_opened <= outage.restoration_no

    @invariant()
    def work_left_open_in_the_light_is_owed_by_a_time(self) -> None:
        """Nothing keeps an order open that nobody will ever be told of."""
        outage, policy = self.story.outage, self.story.policy
        if outage.stage not in LIT or outage.rules_version == 1:
            return
        owed = {d.key for d in deadlines(outage, policy) if d.ladder is Ladder.COMPLETION}
        again = outage.restoration_no

        assert owed == {f"completion/{task.id}/{again}" for task in outage.open_tasks}

    def teardown(self) -> None:
        """The state is what its events, written down and read again, fold to."""
        if not hasattr(self, "story"):
            return
        read = [Event.model_validate_json(event.canonical()) for event in self.story.events]

        assert read == self.story.events
        assert fold(OUTAGE, read) == self.story.outage
        assert (
            type(self.story.outage).model_validate_json(self.story.outage.canonical())
            == self.story.outage
        )

    # --- how it is tried ----------------------------------------------------------------------

    def somebody(self, data: st.DataObject) -> Actor:
        role = data.draw(ROLES)
        return actor_of(role, data.draw(st.sampled_from(CREWS)) if role is Role.CREW else None)

    def request(self, kind: str, task: str | None, data: st.DataObject) -> a.Request:
        return request_for(
            self.story.outage, kind, task, lambda strategy, _default: data.draw(strategy)
        )

    def attempt(self, actor: Actor, what: a.Request, data: st.DataObject | None = None) -> None:
        """Try an action and check what must hold of any answer."""
        self.number += 1
        occurred = self.occurred(data) if data else None
        action = a.Action(id=f"act-{self.number}", actor=actor, occurred_at=occurred, what=what)
        before, length = self.story.outage, len(self.story.events)
        listed = self.is_listed(action)
        refused: Refused | None = None
        events: tuple[Event, ...] = ()
        try:
            events = self.story.takes(action)
        except Refused as refusal:
            refused = refusal
        if refused is not None:
            assert self.story.outage == before
            assert len(self.story.events) == length
            assert not (listed and refused.code in CODES_OF_THE_TABLE)
            return

        assert listed, f"{what.kind} was done and is not listed"
        assert before.stage is not Stage.CLOSED
        if ready_to_seal(before) and not reopens_the_question(what):
            assert ready_to_seal(self.story.outage) or self.story.outage.stage is Stage.CLOSED
        self.all_due_was_climbed_first(events, action)
        if any(isinstance(event.what, Closed) for event in events):
            assert ready_to_seal(before)
        if actor.role is not Role.SYSTEM and events:
            self.done.append(action)

    def occurred(self, data: st.DataObject) -> datetime | None:
        lag = data.draw(st.sampled_from((None, None, 0, 60, 250, 400, 4000, -200, -400)))
        return None if lag is None else self.story.now - timedelta(seconds=lag)

    def is_listed(self, action: a.Action) -> bool:
        """Tell whether the buttons shown at this moment, with what is due climbed, offer it."""
        outage = self.story.outage
        due = rungs_due(outage, self.story.now, self.story.policy)
        climbed = (*outage.climbed, *(rung.rung for rung in due))
        outage = outage.model_copy(update={"climbed": climbed})
        task = getattr(action.what, "task", None)
        item = Allowed(action=action.what.kind, task=task)
        return item in allowed(outage, action.actor.role, action.actor.crew)

    def all_due_was_climbed_first(self, events: tuple[Event, ...], action: a.Action) -> None:
        """Every rung due by now is climbed before the action counts; the highest of each pages."""
        outage = fold(OUTAGE, self.story.events[: len(self.story.events) - len(events)])
        due = [d for d in agenda(outage, self.story.policy) if d.at <= self.story.now]
        climbed = [e.what for e in events if isinstance(e.what, RungClimbed)]
        assert [rung.rung for rung in climbed] == [d.rung for d in due]
        for key in {d.deadline.key for d in due}:
            mine = [rung for rung in climbed if rung.rung.rpartition("/")[0] == key]
            nobody_is_passed_over_for_somebody_lower(outage, mine)
        assert all(e.action_id in (None, action.id) for e in events)


def reopens_the_question(what: a.Request) -> bool:
    """Tell whether a request may rightly stand against closing: news of customers."""
    return isinstance(what, (a.Reopen, a.TakeReports)) or (
        isinstance(what, a.NoteSeal) and what.missing > 0
    )


AnyLife.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
AnyLife.TestCase.pytestmark = [pytest.mark.timeout(400)]  # finding the shortest bad life takes time
TestAnyLife = AnyLife.TestCase
