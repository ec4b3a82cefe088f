"""The board of a district: the only assigner, for ever, one order after another."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.board import DEBOUNCE, LOOK_AGAIN
    from domain.kinds import Mode
    from workflows import messages as m
    from workflows.footing import Footing
    from workflows.hands import BoardHands, OutageHands, PlannerHands
    from workflows.patience import ask

_REPLAN_AT_LEAST = timedelta(seconds=10)
_PLANNER_PATIENCE = timedelta(seconds=30)
_LOOK_FOR_DANGER = timedelta(seconds=1)
_DANGER_MEANWHILE = "danger-is-served-while-a-plan-is-awaited"
_ONE_TRY = RetryPolicy(maximum_attempts=1)
_REMEMBERED_ORDERS = 256
_PINS = 200
_TAKEN_UP: dict[Mode, m.PlanStatus] = {
    Mode.AUTO: "delivered",
    Mode.ADVISE: "proposed",
    Mode.SHADOW: "shadow",
}


@workflow.defn
class DispatchBoard:
    """Keeps who works on what in one district, and changes it one confirmed step at a time."""

    @workflow.init
    def __init__(self, start: m.BoardStart) -> None:
        """Take the board over as it stood."""
        self._start = start
        self._footing = Footing(start, self._now)
        self._answered = list(start.answered)
        self._plan_hash = start.plan
        self._plans = start.plans
        self._orders: list[m.Order] = []
        self._briefs: list[tuple[m.PlanBrief, bool]] = []
        self._stirred = True
        self._planning: asyncio.Task[None] | None = None
        self._fault: Exception | None = None

    @workflow.run
    async def run(self, start: m.BoardStart) -> None:
        """Carry out orders as they come, take up plans as they are made, for ever."""
        while True:
            if self._fault is not None:
                raise RuntimeError("planning failed") from self._fault
            if self._orders:
                await self._carry_out(self._orders.pop(0))
            elif self._briefs:
                await self._take_up(*self._briefs.pop(0))
            elif self._may_continue_as_new():
                workflow.continue_as_new(self._as_start())
            else:
                self._begin_planning()
                await self._rest()

    @workflow.signal
    def stir(self) -> None:
        """Hear that something changed that a plan might answer."""
        self._stirred = True

    @workflow.update
    def order(self, order: m.Order) -> m.OrderTaken:
        """Take an order; what it came to is recorded under its id."""
        if order.id in self._answered:
            return m.OrderTaken(order_id=order.id, repeated=True)
        self._answered = [*self._answered, order.id][-_REMEMBERED_ORDERS:]
        self._orders.append(order)
        return m.OrderTaken(order_id=order.id)

    @order.validator
    def may_order(self, order: m.Order) -> None:
        """Refuse more locks than a board keeps."""
        adds = isinstance(order.what, m.PinOrder) and not order.what.lift
        if adds and len(self._footing.pins) >= _PINS:
            raise ApplicationError(
                "too many locks", {"most": _PINS}, type="too_many_pins", non_retryable=True
            )

    @workflow.query
    def view(self) -> m.BoardView:
        """Return the board as it stands."""
        return m.BoardView(
            district=self._start.district,
            mode=self._footing.mode,
            epoch=self._footing.ledger.epoch,
            plan=self._plan_hash,
            pins=tuple(self._footing.pins.values()),
            unsettled=len(self._footing.ledger.placings()),
            plans=self._plans,
        )

    def _now(self) -> datetime:
        return self._start.clock.house(workflow.now())

    def _idle(self) -> bool:
        return not self._orders and not self._briefs and self._planning is None

    def _may_continue_as_new(self) -> bool:
        return (
            workflow.info().is_continue_as_new_suggested()
            and self._idle()
            and workflow.all_handlers_finished()
        )

    def _as_start(self) -> m.BoardStart:
        return self._start.model_copy(
            update={
                "mode": self._footing.mode,
                "epoch": self._footing.ledger.epoch,
                "ledger": self._footing.ledger.placings(),
                "pins": tuple(self._footing.pins.values()),
                "answered": tuple(self._answered),
                "plan": self._plan_hash,
                "plans": self._plans,
            }
        )

    async def _rest(self) -> None:
        """Sleep until an order, a plan or a stir; look again now and then in any case."""
        usual = max(self._start.clock.real_span(LOOK_AGAIN), _REPLAN_AT_LEAST)
        try:
            await workflow.wait_condition(
                lambda: bool(
                    self._fault
                    or self._orders
                    or self._briefs
                    or (self._stirred and self._planning is None)
                ),
                timeout=usual,
            )
        except TimeoutError:
            self._stirred = True

    def _begin_planning(self) -> None:
        if (
            self._stirred
            and self._planning is None
            and not workflow.info().is_continue_as_new_suggested()
        ):
            self._stirred = False
            self._planning = asyncio.create_task(self._plan())

    async def _plan(self) -> None:
        """Serve danger at once without the planner, then ask the planner for the rest."""
        try:
            await workflow.sleep(DEBOUNCE)
            self._footing.ledger.touched = set()
            if await self._serve_danger():
                await workflow.sleep(DEBOUNCE)
            self._footing.ledger.touched = set()
            asked = workflow.start_activity_method(
                PlannerHands.plan_district,
                self._ask(danger_only=False),
                task_queue=m.PLAN_QUEUE,
                start_to_close_timeout=_PLANNER_PATIENCE,
                schedule_to_close_timeout=_PLANNER_PATIENCE,
                retry_policy=_ONE_TRY,
            )
            await self._serve_danger_until(asked)
            self._briefs.append((await asked, False))
        except ActivityError as error:
            workflow.logger.warning("no plan this time: %s", error)
            rest = asyncio.create_task(workflow.sleep(_REPLAN_AT_LEAST))
            await self._serve_danger_until(rest)
            await rest
            self._stirred = True
        except Exception as error:  # noqa: BLE001 - see below
            # A fault here would die unheard with its task: raised by `run` it stalls the run,
            # which the metrics show, until the code is mended.
            self._fault = error
        finally:
            self._planning = None

    async def _serve_danger(self) -> bool:
        """Send the nearest qualified crew to each danger nobody has; tell whether there was one."""
        danger = await ask(BoardHands.nearest_for_danger, self._ask(danger_only=True))
        if danger.moves:
            self._briefs.append((danger, True))
            await workflow.wait_condition(lambda: not self._briefs)
        return bool(danger.moves)

    async def _serve_danger_until(self, ending: asyncio.Task[Any]) -> None:
        """Go on serving danger while a plan is awaited: the planner may be dead.

        What stirred the board meanwhile may be news for a plan too, which is made afterwards.
        """
        news = False
        while not ending.done():
            await workflow.wait_condition(lambda: self._stirred or ending.done())
            if ending.done() or not workflow.patched(_DANGER_MEANWHILE):
                break
            self._stirred, news = False, True
            await workflow.sleep(DEBOUNCE)
            await self._serve_danger()
            if not ending.done():
                await workflow.wait([ending], timeout=_LOOK_FOR_DANGER.total_seconds())
        self._stirred = self._stirred or news

    def _ask(self, *, danger_only: bool) -> m.PlanAsk:
        return m.PlanAsk(
            district=self._start.district,
            mode=self._footing.mode,
            now=self._now(),
            ledger=self._footing.ledger.placings(),
            pins=tuple(self._footing.pins.values()),
            previous=self._plan_hash,
            danger_only=danger_only,
        )

    async def _take_up(self, brief: m.PlanBrief, danger: bool) -> None:
        """Do with a plan what the mode allows; moves overtaken by an order are dropped."""
        self._footing.settle(brief)
        if not danger:
            self._plan_hash = brief.plan or self._plan_hash
            self._plans += 1
        moves = [move for move in brief.moves if move.task not in self._footing.ledger.touched]
        acts = self._footing.mode is Mode.AUTO or (danger and self._footing.mode is Mode.ADVISE)
        if acts:
            for move in moves:
                await self._footing.ledger.move(
                    move, plan=brief.plan, ordered_by=None, reason=move.reason or "replanned"
                )
        if brief.plan is not None and brief.moves and not danger:
            await self._footing.record_plan(brief.plan, _TAKEN_UP[self._footing.mode])
        for district in brief.returned:
            await ask(OutageHands.stir_board, district)
        if brief.more and acts:
            self._stirred = True

    async def _carry_out(self, order: m.Order) -> None:
        """Carry out one order and record what it came to."""
        outcome = await self._footing.obey(order)
        await ask(BoardHands.record_board, self.view())
        await ask(BoardHands.record_order, outcome)
        self._stirred = True
