"""Runs of the planner and what became of their plans."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store.tables.planning import PlanRunRow

_DECIDED = ("accepted", "partly", "declined")


@dataclass(frozen=True)
class PlanRun:
    """One run: what went in and came out by hash, how the search ended, and its status."""

    id: str
    district_id: str
    at: datetime
    mode: str
    snapshot_hash: str
    plan_hash: str
    stop_cause: str
    solver: str
    wall_ms: int
    trigger: str
    status: str


def add(session: Session, run: PlanRun, known_at: datetime) -> None:
    """Keep a run; the same run again (a retried activity) is harmless."""
    session.execute(
        insert(PlanRunRow)
        .values(**asdict(run), known_at=known_at)
        .on_conflict_do_nothing(index_elements=["id"])
    )


def set_status(session: Session, district: str, plan: str, status: str, now: datetime) -> None:
    """Note how the last run that made this plan was taken up.

    What a dispatcher decided stands: the board may come to proposing a plan after that.
    """
    last = (
        select(PlanRunRow.id)
        .where(PlanRunRow.district_id == district, PlanRunRow.plan_hash == plan)
        .order_by(PlanRunRow.at.desc(), PlanRunRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    change = update(PlanRunRow).where(PlanRunRow.id == last)
    if status == "proposed":
        change = change.where(PlanRunRow.status.not_in(_DECIDED))
    session.execute(change.values(status=status, known_at=now))


def listed(
    session: Session, district: str, *, before: tuple[datetime, str] | None = None, limit: int = 50
) -> list[PlanRunRow]:
    """List a district's runs, newest first; `before` is time and id of the last one seen."""
    query = select(PlanRunRow).where(PlanRunRow.district_id == district)
    if before is not None:
        query = query.where(tuple_(PlanRunRow.at, PlanRunRow.id) < tuple_(*before))
    newest = query.order_by(PlanRunRow.at.desc(), PlanRunRow.id.desc())
    return list(session.scalars(newest.limit(limit)))


def latest(session: Session, district: str) -> PlanRunRow | None:
    """Return a district's latest run."""
    return next(iter(listed(session, district, limit=1)), None)


# What is asked for at a time is an answer when the planner has thought about it.
_IN_FORCE = text("""
SELECT * FROM plan_runs
WHERE district_id = :district AND at <= :at AND at + wall_ms * interval '1 ms' <= :at
ORDER BY at DESC, id DESC LIMIT 1
""")


def in_force(session: Session, district: str, at: datetime) -> Any | None:
    """Return the latest run that a district's board had the plan of at a moment."""
    return session.execute(_IN_FORCE, {"district": district, "at": at}).one_or_none()


_OF_PLAN = text("""
SELECT * FROM plan_runs WHERE plan_hash = :plan ORDER BY at DESC, id DESC LIMIT 1
""")


def of_plan(session: Session, plan: str) -> Any | None:
    """Return the last run that made a plan."""
    return session.execute(_OF_PLAN, {"plan": plan}).one_or_none()
