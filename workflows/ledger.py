"""A board's ledger: which crew it gave each task to, and the one way to change that."""

from collections.abc import Callable, Iterable
from datetime import datetime

from temporalio import workflow

from domain.actions import Action
from domain.actor import board_actor
from domain.board_actions import Assign, Release, Reschedule
from workflows import messages as m
from workflows.hands import BoardHands
from workflows.patience import ask

_Said = Assign | Reschedule | Release


class Ledger:
    """Placings newer than the rows may know, under one rising number for all orders.

    `touched` collects the tasks moved since a plan was asked for: its moves of them are stale.
    """

    def __init__(
        self,
        district: str,
        epoch: int,
        placings: Iterable[m.Placing],
        now: Callable[[], datetime],
    ) -> None:
        """Take the ledger over as it stood; `now` tells the house time."""
        self._now = now
        self._district = district
        self.epoch = epoch
        self.touched: set[str] = set()
        self._placings = {placing.task: placing for placing in placings}

    def placings(self) -> tuple[m.Placing, ...]:
        """Return what the rows may not know yet."""
        return tuple(self._placings.values())

    def forget(self, tasks: Iterable[str]) -> None:
        """Drop what the rows know by now, but nothing that moved since they were asked."""
        for task in set(tasks) - self.touched:
            self._placings.pop(task, None)

    async def holder(self, task: str) -> m.Holder:
        """Find who holds a task: the ledger where it is newer than the rows."""
        holder: m.Holder = await ask(BoardHands.task_holder, m.HolderAsk(task=task))
        placing = self._placings.get(task)
        if placing is None or holder.outage_seq >= placing.outage_seq:
            return holder
        return m.Holder(known=True, crew=placing.crew, callable_off=True)

    async def move(
        self, move: m.PlannedMove, *, plan: str | None, ordered_by: str | None, reason: str
    ) -> m.Delivered:
        """Call a crew off if need be, and only when that is confirmed assign the other.

        A crew that keeps its task is told another time, and nothing else. A crew of another
        district is borrowed before anybody is called off for it.
        """
        self.touched.add(move.task)
        if move.stays:
            return await self._deliver_reschedule(move, plan, ordered_by)
        lease = await self._borrow(move)
        if lease.refused is not None:
            return m.Delivered(task=move.task, refused=lease.refused)
        released = False
        if move.holder is not None:
            gone = await self._deliver_release(move.task, move.holder, reason, ordered_by)
            if gone.refused is not None or move.crew is None:
                return gone
            released = True
        if move.crew is None:
            return m.Delivered(task=move.task, refused="nothing_to_do")
        return await self._deliver_assign(move, plan, ordered_by, released, lease.fence)

    async def _borrow(self, move: m.PlannedMove) -> m.LeaseAnswer:
        if move.crew is None or move.borrow_until is None:
            return m.LeaseAnswer()
        lease: m.LeaseAnswer = await ask(
            BoardHands.lease_crew,
            m.LeaseAsk(
                district=self._district,
                crew=move.crew,
                until=move.borrow_until,
                now=self._now(),
                task=move.task,
            ),
        )
        return lease

    async def _deliver_reschedule(
        self, move: m.PlannedMove, plan: str | None, ordered_by: str | None
    ) -> m.Delivered:
        crew, eta = move.crew, move.eta
        if crew is None or eta is None:
            return m.Delivered(task=move.task, refused="nothing_to_do")

        def reschedule(epoch: int) -> Reschedule:
            return Reschedule(
                task=move.task,
                crew=crew,
                epoch=epoch,
                eta=eta,
                plan=plan,
                ordered_by=ordered_by,
            )

        return await self._deliver(move.task, crew, reschedule, after_release=False, eta=eta)

    async def _deliver_release(
        self, task: str, crew: str, reason: str, ordered_by: str | None
    ) -> m.Delivered:
        def release(epoch: int) -> Release:
            return Release(task=task, crew=crew, epoch=epoch, reason=reason, ordered_by=ordered_by)

        return await self._deliver(task, None, release, after_release=False)

    async def _deliver_assign(
        self,
        move: m.PlannedMove,
        plan: str | None,
        ordered_by: str | None,
        released: bool,
        fence: int | None,
    ) -> m.Delivered:
        def assign(epoch: int) -> Assign:
            return Assign(
                task=move.task,
                crew=move.crew or "",
                epoch=epoch,
                eta=move.eta,
                plan=plan,
                ordered_by=ordered_by,
            )

        return await self._deliver(
            move.task, move.crew, assign, after_release=released, fence=fence, eta=move.eta
        )

    async def _deliver(
        self,
        task: str,
        crew: str | None,
        build: Callable[[int], _Said],
        *,
        after_release: bool,
        fence: int | None = None,
        eta: datetime | None = None,
    ) -> m.Delivered:
        """Tell the outage with a rising number; catch up once when it knows a higher one."""
        delivered = await self._tell(build, after_release, fence)
        if delivered.refused == "order_overtaken" and delivered.current_epoch is not None:
            self.epoch = max(self.epoch, delivered.current_epoch)
            delivered = await self._tell(build, after_release, fence)
        if delivered.refused is None:
            self._placings[task] = m.Placing(
                task=task, crew=crew, epoch=self.epoch, outage_seq=delivered.seq, eta=eta
            )
        return delivered

    async def _tell(
        self, build: Callable[[int], _Said], after_release: bool, fence: int | None
    ) -> m.Delivered:
        self.epoch += 1
        action = Action(
            id=f"board/{workflow.info().first_execution_run_id}/{self.epoch}",
            actor=board_actor(self._district),
            what=build(self.epoch),
        )
        delivery = m.Delivery(
            district=self._district, action=action, after_release=after_release, fence=fence
        )
        delivered: m.Delivered = await ask(BoardHands.deliver, delivery)
        return delivered
