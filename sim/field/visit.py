"""A visit on site, from the first word with the customer to the end of the work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from domain import actions as a
from domain.actor import Actor
from domain.kinds import TaskKind
from sim.chance.people import NOTHING_FOUND, Visit
from sim.field.truth import Truth
from sim.future import Future
from sim.house.office import Order

PARTLY_FROM = 4


@dataclass(frozen=True)
class OnSite:
    """What happens on site, for every crew; what is found there only the truth knows."""

    truth: Truth
    future: Future

    def begin(
        self, actor: Actor, order: Order, task: str, visit: Visit, leave: Callable[[], None]
    ) -> None:
        """Work on a task until it is finished, then leave."""
        _Stay(actor, order, task, visit, leave, self.truth, self.future).begin()


@dataclass
class _Stay:
    actor: Actor
    order: Order
    task: str
    visit: Visit
    leave: Callable[[], None]
    truth: Truth
    future: Future
    found: tuple[str, ...] = ()
    tries: int = 0

    def _say(self, what: a.Request) -> bool:
        return self.order.repair.act(self.actor, what) is None

    def _later(self, span: timedelta, happens: Callable[[], None]) -> None:
        self.future.at(self.future.now + span, happens)

    @property
    def _danger(self) -> bool:
        return self.order.repair.outage.danger

    def begin(self) -> None:
        self._say(a.ContactCustomer(task=self.task, reached=self.visit.reached))
        self._later(self.visit.looks_for, self._look)

    def _look(self) -> None:
        self._say(a.Assess(task=self.task))
        self._safely(self._work)

    def _safely(self, then: Callable[[], None]) -> None:
        """Remove the danger there is first."""
        if not self._danger:
            then()
            return

        def removed() -> None:
            if self._danger:
                self._say(a.MakeSafe(task=self.task))
            self._safely(then)

        self._later(self.visit.safe_after, removed)

    def _work(self) -> None:
        outage = self.order.repair.outage
        task = outage.task(self.task)
        if task is None or task.kind is TaskKind.MAKE_SAFE:
            self._finish()
            return
        safety = f"{self.actor.crew}-safety"
        if not self._say(a.BeginWork(task=self.task, safety_officer=safety)):
            self._finish()
            return
        takes = NOTHING_FOUND
        if outage.dark:
            self.found, takes = self.truth.found(outage.id)
        self._later(takes / 2, lambda: self._halfway(takes / 2))

    def _halfway(self, left: timedelta) -> None:
        outage = self.order.repair.outage
        if outage.dark and self.visit.partly and outage.customers_off >= PARTLY_FROM:
            back = outage.customers_off // 2
            self._say(a.RestorePart(task=self.task, customers_back=back))
        if outage.dark and self.visit.second_fault and self.found:
            self._say(a.AddTask(task_kind=TaskKind.REPAIR))
        if self.visit.held and self._say(a.Hold(task=self.task, reason="material")):
            self._later(self.visit.held_for, lambda: self._safely(lambda: self._go_on(left)))
            return
        self._later(left, self._mended)

    def _go_on(self, left: timedelta) -> None:
        self._say(a.Resume(task=self.task))
        self._later(left, self._mended)

    def _mended(self) -> None:
        """Switch on, then say so."""
        self._safely(self._switch_on)

    def _switch_on(self) -> None:
        self.truth.mend(self.found, self.future.now)
        if self.order.repair.outage.dark:
            self._say(a.Restore(task=self.task))
        self._finish()

    def _finish(self) -> None:
        """Finish the task; where a danger was named meanwhile it is removed first."""
        if self._say(a.Complete(task=self.task, cause="equipment")):
            self.leave()
            return
        self.tries += 1
        if self.tries > 9:
            raise RuntimeError(f"{self.actor.crew} cannot finish {self.task}")
        self._safely(self._work if self.order.repair.outage.dark and not self.found
                     else self._switch_on)  # fmt: skip
