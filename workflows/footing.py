"""What a board stands on, and how it obeys a dispatcher's order."""

from collections.abc import Callable, Iterable
from datetime import datetime

from domain.kinds import Mode
from workflows import messages as m
from workflows.hands import BoardHands
from workflows.ledger import Ledger
from workflows.patience import ask


class Footing:
    """A board's mode, locks and ledger; orders change them one at a time."""

    def __init__(self, start: m.BoardStart, now: Callable[[], datetime]) -> None:
        """Take over what the board stood on; `now` tells the house time."""
        self._district = start.district
        self._now = now
        self.mode: Mode = start.mode
        self.ledger = Ledger(start.district, start.epoch, start.ledger, now)
        self.pins = {pin.task: pin for pin in start.pins}

    def settle(self, brief: m.PlanBrief) -> None:
        """Forget what the rows know by now, and locks on work that is over."""
        self.ledger.forget((*brief.settled, *brief.gone))
        self.unpin(brief.gone)

    def unpin(self, tasks: Iterable[str]) -> None:
        """Lift the locks of tasks."""
        for task in tasks:
            self.pins.pop(task, None)

    async def record_plan(self, plan: str, status: m.PlanStatus) -> None:
        """Keep how a plan was taken up."""
        await ask(
            BoardHands.record_plan,
            m.PlanVerdict(district=self._district, plan=plan, status=status, now=self._now()),
        )

    async def obey(self, order: m.Order) -> m.OrderOutcome:
        """Carry out one order and say what it came to."""
        what = order.what
        match what:
            case m.AssignOrder():
                return await self._assign(order, what)
            case m.ReleaseOrder():
                return await self._release(order, what)
            case m.PinOrder():
                return self._pin(order, what)
            case m.ModeOrder():
                self.mode = what.mode
                return self._outcome(order)
            case m.AcceptOrder():
                return await self._accept(order, what)
            case m.BorrowOrder():
                return await self._borrow(order, what)

    def _outcome(
        self,
        order: m.Order,
        *,
        refused: str | None = None,
        done: tuple[m.Delivered, ...] = (),
    ) -> m.OrderOutcome:
        return m.OrderOutcome(
            district=self._district,
            order=order,
            accepted=refused is None,
            refused=refused,
            done=done,
            now=self._now(),
        )

    async def _assign(self, order: m.Order, what: m.AssignOrder) -> m.OrderOutcome:
        """Assign by hand: the choice is kept as a lock, so that no plan undoes it."""
        holder = await self.ledger.holder(what.task)
        if not holder.known:
            return self._outcome(order, refused="task_unknown")
        if holder.crew == what.crew:
            self.pins[what.task] = m.Pin(task=what.task, kind="crew", crew=what.crew)
            return self._outcome(order)
        move = m.PlannedMove(task=what.task, crew=what.crew, holder=holder.crew)
        done = await self.ledger.move(
            move, plan=None, ordered_by=order.subject, reason="reassigned"
        )
        if done.refused is None:
            self.pins[what.task] = m.Pin(task=what.task, kind="crew", crew=what.crew)
        return self._outcome(order, refused=done.refused, done=(done,))

    async def _release(self, order: m.Order, what: m.ReleaseOrder) -> m.OrderOutcome:
        """Take back by hand: the next plan may not give it to the same crew."""
        holder = await self.ledger.holder(what.task)
        if holder.crew is None:
            return self._outcome(order, refused="crew_not_on_task")
        move = m.PlannedMove(task=what.task, crew=None, holder=holder.crew)
        done = await self.ledger.move(move, plan=None, ordered_by=order.subject, reason=what.reason)
        if done.refused is None:
            self.pins[what.task] = m.Pin(task=what.task, kind="not", crew=holder.crew)
        return self._outcome(order, refused=done.refused, done=(done,))

    def _pin(self, order: m.Order, what: m.PinOrder) -> m.OrderOutcome:
        if what.lift:
            self.pins.pop(what.pin.task, None)
        else:
            self.pins[what.pin.task] = what.pin
        return self._outcome(order)

    async def _accept(self, order: m.Order, what: m.AcceptOrder) -> m.OrderOutcome:
        """Take up all, some or none of a proposed plan, as far as it still fits."""
        if what.tasks == ():
            await self.record_plan(what.plan, "declined")
            return self._outcome(order)
        brief = await ask(
            BoardHands.find_moves,
            m.MovesAsk(district=self._district, plan=what.plan, tasks=what.tasks, now=self._now()),
        )
        if brief.plan is None:
            return self._outcome(order, refused="plan_unknown")
        done = [
            await self.ledger.move(
                move, plan=what.plan, ordered_by=order.subject, reason="replanned"
            )
            for move in brief.moves
        ]
        await self.record_plan(what.plan, "accepted" if what.tasks is None else "partly")
        return self._outcome(order, done=tuple(done))

    async def _borrow(self, order: m.Order, what: m.BorrowOrder) -> m.OrderOutcome:
        answer = await ask(
            BoardHands.lease_crew,
            m.LeaseAsk(district=self._district, crew=what.crew, until=what.until, now=self._now()),
        )
        return self._outcome(order, refused=answer.refused)
