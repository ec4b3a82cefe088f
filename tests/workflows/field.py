"""A district in memory: the hands of a board under test, and a dispatcher's desk beside it."""

import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from domain.board_actions import Assign, Release, Reschedule
from domain.clock import HouseClock
from domain.ids import board_workflow
from domain.kinds import Mode
from workflows import board_lines
from workflows import messages as m
from workflows.dispatch_board import DispatchBoard
from workflows.hands import BoardHands, PlannerHands
from workflows.sandbox import runner


class Field:
    """A district as the hands of a test see it: who holds what, and what a plan would say."""

    def __init__(self) -> None:
        self.holders: dict[str, str | None] = {}
        self.wanted: dict[str, str] = {}
        self.dangers: dict[str, str] = {}
        self.said: list[tuple[str, str, str]] = []
        self.times: dict[str, datetime] = {}
        self.outage_epoch = 0
        self.refuse: set[str] = set()
        self.outcomes: dict[str, m.OrderOutcome] = {}
        self.plans: list[tuple[str, str]] = []
        self.asks: list[m.PlanAsk] = []
        self.planner_dead = False
        self.planner_free = threading.Event()
        self.planner_free.set()


class FieldHands(BoardHands, PlannerHands):
    """Hands that work on a `Field`."""

    def __init__(self, field: Field) -> None:
        self.field = field

    def _moves(self, wanted: dict[str, str]) -> tuple[m.PlannedMove, ...]:
        holders = self.field.holders
        return tuple(
            m.PlannedMove(task=task, crew=crew, holder=holders.get(task))
            for task, crew in sorted(wanted.items())
            if holders.get(task) != crew
        )

    def _other_times(self) -> tuple[m.PlannedMove, ...]:
        holders = self.field.holders
        return tuple(
            m.PlannedMove(task=task, crew=holders[task], holder=holders[task], eta=eta)
            for task, eta in sorted(self.field.times.items())
        )

    @activity.defn
    def nearest_for_danger(self, ask: m.PlanAsk) -> m.PlanBrief:
        """Move dangers."""
        return m.PlanBrief(plan=None, moves=self._moves(self.field.dangers))

    @activity.defn
    def plan_district(self, ask: m.PlanAsk) -> m.PlanBrief:
        """Move what is wanted, but never against a lock."""
        self.field.asks.append(ask)
        if self.field.planner_dead:
            raise RuntimeError("the planner is dead")
        self.field.planner_free.wait(60)
        pinned = {pin.task for pin in ask.pins}
        wanted = {task: crew for task, crew in self.field.wanted.items() if task not in pinned}
        settled = tuple(placing.task for placing in ask.ledger)
        return m.PlanBrief(
            plan="plan-1", moves=self._moves(wanted) + self._other_times(), settled=settled
        )

    @activity.defn
    def find_moves(self, ask: m.MovesAsk) -> m.PlanBrief:
        """Read the wanted moves again."""
        tasks = ask.tasks
        wanted = {
            task: crew for task, crew in self.field.wanted.items() if tasks is None or task in tasks
        }
        return m.PlanBrief(plan=ask.plan, moves=self._moves(wanted) + self._other_times())

    @activity.defn
    def task_holder(self, ask: m.HolderAsk) -> m.Holder:
        """Look up."""
        known = ask.task in self.field.holders
        return m.Holder(known=known, crew=self.field.holders.get(ask.task))

    @activity.defn
    async def deliver(self, delivery: m.Delivery) -> m.Delivered:
        """Obey, refusing what is overtaken or ruled out."""
        what, field = delivery.action.what, self.field
        assert isinstance(what, Assign | Reschedule | Release)
        if what.epoch <= field.outage_epoch:
            return m.Delivered(
                task=what.task, refused="order_overtaken", current_epoch=field.outage_epoch
            )
        if what.task in field.refuse and isinstance(what, Release):
            return m.Delivered(task=what.task, refused="move_not_allowed")
        field.outage_epoch = what.epoch
        field.said.append((what.kind, what.task, what.crew))
        field.holders[what.task] = None if isinstance(what, Release) else what.crew
        field.times.pop(what.task, None)
        return m.Delivered(task=what.task, seq=len(field.said))

    @activity.defn
    def record_order(self, outcome: m.OrderOutcome) -> None:
        """Keep."""
        self.field.outcomes[outcome.order.id] = outcome

    @activity.defn
    def record_board(self, view: m.BoardView) -> None:
        """Nothing to keep."""

    @activity.defn
    def record_plan(self, verdict: m.PlanVerdict) -> None:
        """Keep."""
        self.field.plans.append((verdict.plan, verdict.status))

    @activity.defn
    def lease_crew(self, ask: m.LeaseAsk) -> m.LeaseAnswer:
        """Refuse one crew, lend the others."""
        if ask.crew == "taken":
            return m.LeaseAnswer(refused="crew_leased")
        return m.LeaseAnswer(fence=1)


@asynccontextmanager
async def a_board(client: Client, mode: Mode, field: Field) -> AsyncIterator["Desk"]:
    """Run a board and its hands until the block ends."""
    hands = FieldHands(field)
    district = f"d-{mode.value}-{id(field)}"
    with ThreadPoolExecutor(4) as threads:
        async with (
            Worker(
                client,
                task_queue=m.WORK_QUEUE,
                workflows=[DispatchBoard],
                workflow_runner=runner(),
                activities=[
                    hands.nearest_for_danger,
                    hands.find_moves,
                    hands.task_holder,
                    hands.deliver,
                    hands.record_order,
                    hands.record_board,
                    hands.record_plan,
                    hands.lease_crew,
                ],
                activity_executor=threads,
            ),
            Worker(
                client,
                task_queue=m.PLAN_QUEUE,
                activities=[hands.plan_district],
                activity_executor=threads,
            ),
        ):
            desk = Desk(client, district, mode)
            await desk.stir()
            try:
                yield desk
            finally:
                await client.get_workflow_handle(board_workflow(district)).terminate()


class Desk:
    """A dispatcher's desk: stirs, orders, waits."""

    def __init__(self, client: Client, district: str, mode: Mode) -> None:
        self.client = client
        self.start = m.BoardStart(district=district, clock=HouseClock(), mode=mode)

    async def stir(self) -> None:
        """Tell the board that something changed."""
        await board_lines.start_board(self.client, self.start)

    async def order(self, name: str, what) -> m.OrderTaken:
        """Give an order."""
        order = m.Order(id=name, subject="dana", what=what)
        return await board_lines.order_board(self.client, self.start, order)
