"""Outages, actions and policies for the tests of the domain, and a story that plays them."""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from domain import actions as a
from domain import events as e
from domain.actor import SYSTEM, Actor, board_actor
from domain.agenda import next_wake
from domain.decide import RULES_VERSION, decide, opening_events
from domain.errors import Refused
from domain.evolve import evolve, fold
from domain.kinds import AreaClass, KeyClass, Ladder, Role
from domain.outage import Outage, Stage
from domain.place import Point
from domain.policy import Policy, parse_policy
from domain.report import ReportTally

POLICIES = Path(__file__).resolve().parents[2] / "policies"
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SITE = Point(lon=106.55, lat=29.56)
FAR_AWAY = Point(lon=106.65, lat=29.56)
OUTAGE = "out_1"

BOARD = board_actor("yu")
CREW = Actor(subject="lin", role=Role.CREW, crew="crew-1")
OTHER_CREW = Actor(subject="wu", role=Role.CREW, crew="crew-2")
DISPATCHER = Actor(subject="dan", role=Role.DISPATCHER)
AGENT = Actor(subject="cai", role=Role.CALLBACK_AGENT)
SUPERVISOR = Actor(subject="su", role=Role.SUPERVISOR)


def minutes(number: float) -> timedelta:
    """A span of minutes."""
    return timedelta(minutes=number)


@cache
def policy_named(name: str = "regulatory_floor") -> Policy:
    """A policy as it stands in policies/."""
    path = POLICIES / f"{name}.toml"
    return parse_policy(path.read_text(encoding="utf-8"), path.name)


def a_tally(reports: int = 1, **changes: Any) -> ReportTally:
    """What the relay tells of the reports of an outage."""
    given = {"reports": reports, "watermark": reports, "clock_start": START}
    return ReportTally(**(given | changes))


class Story:
    """An outage that lives through actions at times of minutes after its first report."""

    def __init__(
        self,
        policy: Policy | None = None,
        *,
        area: AreaClass = AreaClass.URBAN,
        key_class: KeyClass | None = None,
        tally: ReportTally | None = None,
        rules_version: int = RULES_VERSION,
        planned_until: datetime | None = None,
    ) -> None:
        self.policy = policy or policy_named()
        self.now = START
        self._ids = count(1)
        tally = tally or a_tally(customers=10)
        opened = e.Opened(
            district="yu",
            area_class=area,
            policy_hash="0" * 64,
            rules_version=rules_version,
            opened_at=START,
            clock_start=tally.clock_start,
            place=SITE,
            key_class=key_class,
            customers=tally.customers,
            planned_until=planned_until,
        )
        taken = e.ReportsTaken(**dict(tally))
        self.events = list(opening_events(opened, taken, START, self.policy, OUTAGE))
        self.outage: Outage = fold(OUTAGE, self.events)

    def at(self, minute: float) -> "Story":
        """Let the clock stand at a minute after the first report."""
        self.now = START + minutes(minute)
        return self

    def does(
        self,
        actor: Actor,
        what: Any,
        *,
        action_id: str | None = None,
        occurred: float | None = None,
    ) -> tuple[e.Event, ...]:
        """Do something now; `occurred` is the minute the phone says."""
        action = a.Action(
            id=action_id or f"act-{next(self._ids)}",
            actor=actor,
            occurred_at=None if occurred is None else START + minutes(occurred),
            what=what,
        )
        return self.takes(action)

    def takes(self, action: a.Action) -> tuple[e.Event, ...]:
        """Decide an action and fold what follows."""
        events = decide(self.outage, action, self.now, self.policy, self.outage.rules_version)
        for event in events:
            self.outage = evolve(self.outage, event)
        self.events.extend(events)
        return events

    def wakes(self) -> list[e.RungClimbed]:
        """Climb what is due, as the workflow does when its timer fires."""
        events = self.does(SYSTEM, a.Climb())
        return [event.what for event in events if isinstance(event.what, e.RungClimbed)]

    def wakes_through(self, minute: float) -> list[e.RungClimbed]:
        """Wake at every due time up to a minute, and return all rungs climbed."""
        end, found = START + minutes(minute), []
        while (wake := next_wake(self.outage, self.policy)) is not None and wake <= end:
            self.now = max(self.now, wake)
            found.extend(self.wakes())
        self.now = end
        return found

    def task(self, number: int = 1) -> str:
        """The id of the n-th task."""
        return f"{OUTAGE}/t{number}"

    def is_assigned(self, number: int = 1, crew: str = "crew-1") -> "Story":
        """A board gives the n-th task to a crew."""
        epoch = self.outage.epoch + 1
        self.does(BOARD, a.Assign(task=self.task(number), crew=crew, epoch=epoch))
        return self

    def is_on_site(self, number: int = 1, crew: Actor = CREW) -> "Story":
        """A crew gets the n-th task and goes there."""
        self.is_assigned(number, crew.crew or "")
        self.does(crew, a.Acknowledge(task=self.task(number)))
        self.does(crew, a.Depart(task=self.task(number)))
        self.does(crew, a.Arrive(task=self.task(number), position=SITE))
        return self

    def is_restored(self, number: int = 1, crew: Actor = CREW) -> "Story":
        """The crew of the n-th task repairs and brings everybody back."""
        self.is_on_site(number, crew)
        self.does(crew, a.BeginWork(task=self.task(number)))
        self.does(crew, a.Restore(task=self.task(number)))
        return self

    def is_completed(self, number: int = 1, crew: Actor = CREW) -> "Story":
        """The crew of the n-th task repairs, restores and leaves."""
        self.is_restored(number, crew)
        self.does(crew, a.Complete(task=self.task(number)))
        return self

    def is_called_back(self) -> "Story":
        """Every reporter of the present restoration has an outcome."""
        number = self.outage.restoration_no
        self.does(SYSTEM, a.NoteCallbacksOpened(restoration_no=number))
        self.does(
            SYSTEM,
            a.FinishCallbacks(restoration_no=number, done=self.outage.reports, unreached=0),
        )
        return self

    def is_closed(self) -> "Story":
        """The whole way to the close."""
        self.is_completed().is_called_back()
        self.does(SYSTEM, a.NoteSeal(missing=0))
        assert self.outage.stage is Stage.CLOSED
        return self

    def kinds(self, events: tuple[e.Event, ...]) -> list[str]:
        """The kinds of some events."""
        return [event.what.kind for event in events]


def refused(story: Story, actor: Actor, what: object, **given: float) -> Refused:
    """Try something that must be refused, see that nothing changed, and return the refusal."""
    before, length = story.outage, len(story.events)
    with pytest.raises(Refused) as refusal:
        story.does(actor, what, **given)

    assert story.outage == before
    assert len(story.events) == length
    return refusal.value


def of(ladder: Ladder, rungs: list[e.RungClimbed]) -> list[e.RungClimbed]:
    """The rungs of one ladder."""
    return [rung for rung in rungs if rung.ladder is ladder]


def shown(ladder: Ladder, rungs: list[e.RungClimbed]) -> list[tuple[int, str]]:
    """The rungs of one ladder, as percent and who is told."""
    return [(rung.percent, rung.to.value) for rung in of(ladder, rungs)]


def climbed_at(story: Story, minute: float) -> list[e.RungClimbed]:
    """Let a story wake at every due time up to a minute."""
    return story.wakes_through(minute)
