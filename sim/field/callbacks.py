"""The callback desk: everybody is called back, by the domain's hours and number of tries."""

from dataclasses import dataclass
from datetime import datetime

from domain import actions as a
from domain.actor import Actor
from domain.callback import Outcome, first_try, next_try, outcome_of
from domain.kinds import Role
from domain.policy import Policy
from sim.chance.people import Luck
from sim.field.truth import Truth
from sim.future import Future
from sim.house.office import Order, Report

AGENT = Actor(subject="callback-1", role=Role.CALLBACK_AGENT)


@dataclass
class CallbackDesk:
    """Agents enough for every call; whom nobody reaches in all tries is unreached."""

    policy: Policy
    zone: str
    future: Future
    luck: Luck
    truth: Truth
    calls: int = 0
    unanswered: int = 0
    still_off: int = 0

    def open(self, order: Order) -> None:
        """Call everybody back who has no outcome, once this restoration stands."""
        state = order.repair.outage
        restored = state.restored_at or self.future.now
        owed = [report for report in order.reports if report.outcome is None]
        first = first_try(max(restored, self.future.now), self.zone, self.policy)
        for report in owed:
            self._plan(order, report, state.restoration_no, 1, first)
        if not owed:
            self.future.at(self.future.now, lambda: self._ended(order, state.restoration_no))

    def _plan(
        self, order: Order, report: Report, restoration: int, attempt: int, when: datetime
    ) -> None:
        self.future.at(when, lambda: self._call(order, report, restoration, attempt))

    def _call(self, order: Order, report: Report, restoration: int, attempt: int) -> None:
        state = order.repair.outage
        stands = state.restoration_no == restoration and not state.dark
        if report.outcome is not None or not stands:
            return
        self.calls += 1
        arrived = state.first_arrived_at
        kept = arrived is not None and arrived <= report.promised
        lit = self.truth.lit(report.id)
        name = f"{report.id}/{restoration}"
        answered, said = self.luck.answer(name, attempt, lit=lit, on_time=kept)
        if answered and said is not None and said.still_off:
            self.still_off += 1
            order.repair.act(AGENT, a.Reopen(report=report.id))
            return
        if said is not None:
            report.outcome = outcome_of(said)
        else:
            self.unanswered += 1
            if attempt < self.policy.callbacks.tries:
                again = next_try(self.future.now, self.zone, self.policy)
                self._plan(order, report, restoration, attempt + 1, again)
                return
            report.outcome = Outcome.UNREACHED
        self._ended(order, restoration)

    def _ended(self, order: Order, restoration: int) -> None:
        """Tell the order when every report has an outcome."""
        outcomes = [report.outcome for report in order.reports]
        if None in outcomes or order.repair.outage.restoration_no != restoration:
            return
        unreached = sum(outcome is Outcome.UNREACHED for outcome in outcomes)
        order.repair.finish_callbacks(len(outcomes) - unreached, unreached)
