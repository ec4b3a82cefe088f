"""One order from its first report to its close, by the domain's own functions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from domain.actions import Action, Climb, FinishCallbacks, NoteCallbacksOpened, NoteSeal, Request
from domain.actor import SYSTEM, Actor
from domain.agenda import next_wake
from domain.decide import RULES_VERSION, decide, opening_events
from domain.duties import Duty, duties
from domain.errors import Refused
from domain.events import Event, Opened, ReportsTaken
from domain.evolve import evolve, fold
from domain.outage import Outage, Stage
from domain.policy import Policy
from domain.report import ReportTally
from domain.stirs import stirs
from sim.future import Future


@dataclass(frozen=True)
class Hands:
    """What an order asks of others: the board, the crews, the callback desk, the seal."""

    stir: Callable[[], None]
    heard: Callable[["Repair", Event], None]
    open_callbacks: Callable[["Repair"], None]
    missing: Callable[["Repair"], int]


class Repair:
    """The life of one order: it decides, folds, wakes when something is due, and asks."""

    def __init__(
        self, opened: Opened, tally: ReportTally, outage: str, policy: Policy,
        future: Future, hands: Hands,
    ) -> None:  # fmt: skip
        self._policy, self._future, self._hands = policy, future, hands
        self._number = 0
        self._alarm: datetime | None = None
        told = ReportsTaken(**dict(tally))
        self.events = list(opening_events(opened, told, future.now, policy, outage))
        self.outage: Outage = fold(outage, self.events)
        self._follow(tuple(self.events), stirred=True)

    def act(self, actor: Actor, what: Request) -> str | None:
        """Do an action now; returns the code of a refusal."""
        self._number += 1
        action = Action(id=f"sim/{self._number}", actor=actor, what=what)
        try:
            events = decide(self.outage, action, self._future.now, self._policy, RULES_VERSION)
        except Refused as refusal:
            return refusal.code
        stirred = False
        for event in events:
            before, self.outage = self.outage, evolve(self.outage, event)
            stirred |= stirs(before, self.outage, event.what.kind)
        self.events.extend(events)
        self._follow(events, stirred=stirred)
        return None

    def _follow(self, events: tuple[Event, ...], *, stirred: bool) -> None:
        """Tell everybody, stir the board, do what is owed and set the alarm."""
        for event in events:
            self._hands.heard(self, event)
        if stirred:
            self._hands.stir()
        if events:
            for duty in duties(self.outage):
                self._do(duty)
        self._set_alarm()

    def _do(self, duty: Duty) -> None:
        number = self.outage.restoration_no
        if duty is Duty.OPEN_CALLBACKS:
            if self.act(SYSTEM, NoteCallbacksOpened(restoration_no=number)) is None:
                self._hands.open_callbacks(self)
        elif duty is Duty.SEAL:
            self.act(SYSTEM, NoteSeal(missing=self._hands.missing(self)))

    def finish_callbacks(self, done: int, unreached: int) -> None:
        """Hear that every report of this restoration has an outcome."""
        number = self.outage.restoration_no
        self.act(SYSTEM, FinishCallbacks(restoration_no=number, done=done, unreached=unreached))

    def _set_alarm(self) -> None:
        """Wake when something is next due; an alarm for later than that is let ring in vain."""
        wake = None if self.outage.stage is Stage.CLOSED else next_wake(self.outage, self._policy)
        if wake is not None and (self._alarm is None or wake < self._alarm):
            self._alarm = wake
            self._future.at(wake, lambda: self._wake(wake))

    def _wake(self, due: datetime) -> None:
        if self._alarm != due:
            return
        self._alarm = None
        wake = None if self.outage.stage is Stage.CLOSED else next_wake(self.outage, self._policy)
        if wake is not None and wake <= self._future.now:
            self.act(SYSTEM, Climb())
        else:
            self._set_alarm()
