"""How a board looks from outside: as it last told about itself, with its orders and plans."""

from typing import Any

from sqlalchemy.orm import Session

from api.problems import Problem
from store import boards, plan_runs


def whole(session: Session, district: str) -> dict[str, Any]:
    """Return a board with its latest orders and plan."""
    if district not in boards.districts(session):
        raise Problem("district_unknown", district=district)
    view, last = boards.view_of(session, district), plan_runs.latest(session, district)
    return {
        "district": district,
        "mode": boards.mode_of(session, district).value,
        "view": None if view is None else view.view,
        "known_at": None if view is None else view.known_at,
        "latest_plan": None if last is None else run(last),
        "orders": [order(row) for row in boards.orders(session, district, limit=20)],
    }


def order(row: Any) -> dict[str, Any]:
    """Return an order and what it came to."""
    return {
        "order_id": row.id,
        "district": row.district_id,
        "kind": row.kind,
        "subject": row.subject,
        "at": row.at,
        "order": row.body,
        "outcome": row.answer,
    }


def run(row: Any) -> dict[str, Any]:
    """Return a run of the planner by hashes."""
    names = ("id", "at", "mode", "snapshot_hash", "plan_hash", "stop_cause", "solver")
    return {name: getattr(row, name) for name in (*names, "wall_ms", "trigger", "status")}
