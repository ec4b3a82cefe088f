"""Planning a district: rows in, checked plan stored by hash, moves out."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol
from uuid import uuid4

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from activities import counts
from activities.sight import Sight, help_wanted, helpers, look
from domain.kinds import Mode
from domain.place import Point
from domain.value import canonical_json
from roads.choosing import Roads
from routing.danger import nearest_qualified
from routing.inspection import check
from routing.moves import Move
from routing.plan_input import OpenTask, build, moves_of, standing, travel_model
from routing.planner import plan
from routing.receipt import Code, Plan
from routing.snapshot import Snapshot
from routing.travel import Travel
from store import documents, leases, lending, plan_runs
from store.plan_runs import PlanRun
from workflows import messages as m

log = structlog.get_logger("relight.planning")

MOST_MOVES = 60


class UnsoundPlanError(Exception):
    """The inspection found faults in a plan that no human's choice explains."""


class Counting(Protocol):
    """What is counted of plans, wherever the counters are."""

    def planned(self, district: str, stop_cause: str, seconds: float, /) -> None:
        """Note a plan that was made."""

    def unsound(self, district: str, /) -> None:
        """Note a plan that must not be sent out."""


class Planning:
    """Makes, keeps and compares the plans of one installation's districts."""

    def __init__(
        self, engine: Engine, roads: Roads | None = None, counting: Counting = counts
    ) -> None:
        """Plan from one database; without roads nobody drives on streets."""
        self._engine, self._roads, self._counting = engine, roads or Roads(), counting

    def danger(self, ask: m.PlanAsk) -> m.PlanBrief:
        """Return moves that send the nearest qualified crew to each danger nobody holds."""
        seen = self._look(ask)
        wanted = {item.task.id for item in seen.tasks if item.task.danger and item.holder is None}
        if not wanted:
            return m.PlanBrief(plan=None)

        def nearest(seen: Sight) -> Plan:
            snapshot, travel = self._snapshot(ask, seen)
            return nearest_qualified(
                snapshot, standing(snapshot, seen.tasks, travel), travel=travel
            )

        found = nearest(seen)
        near = help_wanted(found, seen, wanted)
        if near and (wider := self._with_help(ask, seen, near)) is not seen:
            seen, found = wider, nearest(wider)
        asked = [
            move
            for move in _moves(found, seen, ask.now)
            if move.reason == Code.TURNED_AROUND or move.task in wanted
        ]
        return m.PlanBrief(plan=None, moves=tuple(asked[:MOST_MOVES]), more=False)

    def whole(self, ask: m.PlanAsk) -> m.PlanBrief:
        """Plan everything open, have it checked by independent code, keep both by hash.

        Where own crews leave something late or to nobody, it is planned once more with crews that
        other districts lend, at their price.
        """
        with Session(self._engine) as session, session.begin():
            back = leases.give_back_idle(session, ask.district, ask.now)
            others = {*back.values(), *lending.who_waits(session, back, ask.now)}
        returned = tuple(sorted(others - {ask.district}))
        seen = self._look(ask)
        settled, gone = _settled(ask, seen.tasks), _gone(ask, seen.tasks)
        if not seen.tasks:
            return m.PlanBrief(plan=None, settled=settled, gone=gone, returned=returned)
        with Session(self._engine) as session:
            last = _latest(session, ask.district)
        snapshot, before, made = self._sound(ask, seen, last)
        near = help_wanted(made, seen)
        if near and (wider := self._with_help(ask, seen, near)) is not seen:
            seen, (snapshot, before, made) = wider, self._sound(ask, wider, last)
        asked = _moves(made, seen, ask.now)
        # What it leaves out is kept so that a dispatcher can be told why.
        if asked or not _left(made) <= _left(last):
            self._keep(ask, snapshot, made, before)
        return m.PlanBrief(
            plan=made.digest() if asked else None,
            moves=tuple(asked[:MOST_MOVES]),
            more=len(asked) > MOST_MOVES,
            settled=settled,
            gone=gone,
            returned=returned,
        )

    def _sound(
        self, ask: m.PlanAsk, seen: Sight, last: Plan | None
    ) -> tuple[Snapshot, Plan | None, Plan]:
        """Return what is seen, what holds of it, and a plan that begins from the last one."""
        snapshot, travel = self._snapshot(ask, seen)
        before = standing(snapshot, seen.tasks, travel)
        made = plan(snapshot, before, travel=travel, intended=last)
        self._counting.planned(ask.district, made.stop_cause.value, made.wall_s)
        found = check(snapshot, made, previous=before, travel=travel)
        faults = [each for each in found if not each.kept]
        if faults:
            self._counting.unsound(ask.district)
            log.error("unsound plan", district=ask.district, faults=[str(each) for each in faults])
            raise UnsoundPlanError(str(faults[0]))
        return snapshot, before, made

    def moves_of(self, ask: m.MovesAsk) -> m.PlanBrief:
        """Return the moves of a stored plan that still fit what is now."""
        with Session(self._engine) as session:
            text = documents.get(session, ask.plan, "plan")
        if text is None:
            return m.PlanBrief(plan=None)
        now = m.PlanAsk(district=ask.district, mode=Mode.ADVISE, now=ask.now)
        seen = self._with_help(now, self._look(now), None)
        asked = [
            move
            for move in _moves(Plan.model_validate_json(text), seen, ask.now)
            if ask.tasks is None or move.task in ask.tasks
        ]
        return m.PlanBrief(plan=ask.plan, moves=tuple(asked[:MOST_MOVES]))

    def _snapshot(self, ask: m.PlanAsk, seen: Sight) -> tuple[Snapshot, Travel]:
        """Return the district as the planner is to see it, and the roads it drives on."""
        model = self._roads.model(travel_model(seen.policies), seen.roads, ask.now)
        snapshot = build(ask, seen.tasks, seen.crews, seen.policies, model, seen.shut, seen.month)
        return snapshot, self._roads.travel(snapshot)

    def _look(self, ask: m.PlanAsk) -> Sight:
        with Session(self._engine) as session:
            return look(session, ask)

    def _with_help(self, ask: m.PlanAsk, seen: Sight, near: Collection[Point] | None) -> Sight:
        """Return the sight with crews that others lend near some places; the same without any."""
        with Session(self._engine) as session:
            crews = helpers(session, ask, near)
        return seen.with_help(crews) if crews else seen

    def _keep(self, ask: m.PlanAsk, snapshot: Snapshot, made: Plan, before: Plan | None) -> None:
        """Keep a plan, what it was made from, and what held before."""
        with Session(self._engine) as session, session.begin():
            documents.put(session, "snapshot", snapshot.digest(), snapshot.canonical(), ask.now)
            for each in (made, before):
                if each is not None:
                    documents.put(session, "plan", each.digest(), _text(each), ask.now)
            run = PlanRun(
                id=f"plan_{uuid4().hex}",
                district_id=ask.district,
                at=ask.now,
                mode=ask.mode.value,
                snapshot_hash=snapshot.digest(),
                plan_hash=made.digest(),
                stop_cause=made.stop_cause.value,
                solver=made.solver,
                wall_ms=int(made.wall_s * 1000),
                trigger="stir",
                status="shadow" if ask.mode is Mode.SHADOW else "proposed",
            )
            plan_runs.add(session, run, ask.now)


def _latest(session: Session, district: str) -> Plan | None:
    """Return the plan of a district that was kept last."""
    run = plan_runs.latest(session, district)
    text = None if run is None else documents.get(session, run.plan_hash, "plan")
    return None if text is None else Plan.model_validate_json(text)


def _left(made: Plan | None) -> set[tuple[str, str]]:
    """Return the tasks a plan gives to nobody, each with the reason."""
    return {(each.task, each.code.value) for each in made.unassigned} if made else set()


def _text(each: Plan) -> str:
    """Return the text a plan's digest is taken of: without the seconds it took."""
    return canonical_json(each.model_dump(mode="json", exclude={"wall_s"}))


def _moves(made: Plan, seen: Sight, now: datetime) -> list[m.PlannedMove]:
    """Return what must change for a plan to stand, as the board is told it."""
    borrowed = seen.borrowed()
    calls = {crew.id for crew in seen.crews if crew.on_call and crew.on_call.called_at is None}
    return [
        m.PlannedMove(
            task=move.task,
            crew=move.crew,
            eta=move.eta,
            holder=move.holder,
            borrow_until=None if move.stays else borrowed.get(move.crew or ""),
            reason=_reason(move, calls),
        )
        for move in moves_of(made, seen.tasks, seen.crews, seen.policies, now)
    ]


def _reason(move: Move, calls: Collection[str]) -> str:
    """Return why a board moves a task: calling a crew out is told apart."""
    if move.left is not None:
        return move.left.value
    return "recalled" if move.crew in calls else "replanned"


def _settled(ask: m.PlanAsk, tasks: Iterable[OpenTask]) -> tuple[str, ...]:
    """List the ledger's tasks that the rows know as the ledger does."""
    seqs = {item.task.id: item.outage.state.seq for item in tasks}
    return tuple(
        placing.task for placing in ask.ledger if seqs.get(placing.task, -1) >= placing.outage_seq
    )


def _gone(ask: m.PlanAsk, tasks: Iterable[OpenTask]) -> tuple[str, ...]:
    """List the ledger's and the locks' tasks that are no longer open."""
    there = {item.task.id for item in tasks}
    named = {placing.task for placing in ask.ledger} | {pin.task for pin in ask.pins}
    return tuple(sorted(named - there))
