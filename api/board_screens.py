"""How a board looks from outside: as it last told about itself, with its orders and plans."""

from typing import Any

from sqlalchemy.orm import Session

from api import etags
from api.problems import Problem
from store import boards, plan_runs


def whole(session: Session, district: str) -> dict[str, Any]:
    """Return a board with its latest orders and plan."""
    if district not in boards.districts(session):
        raise Problem("district_unknown", district=district)
    view = boards.view_of(session, district)
    return {
        "district": district,
        **standing(session, district),
        "view": None if view is None else view.view,
        "known_at": None if view is None else view.known_at,
        "orders": [order(row) for row in boards.orders(session, district, limit=20)],
    }


def standing(session: Session, district: str) -> dict[str, Any]:
    """Return what orders change of a board: its mode and its latest plan."""
    last = plan_runs.latest(session, district)
    return {
        "mode": boards.mode_of(session, district).value,
        "latest_plan": None if last is None else run(last),
    }


def tag(board: dict[str, Any]) -> str:
    """Return the tag of a board: its mode, and what its latest plan has become."""
    plan = board["latest_plan"]
    return f"{board['mode']}.{etags.tag_of(plan and [plan['id'], plan['status']])}"


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
    names = ("stop_cause", "solver", "wall_ms", "trigger", "status")
    return made(row) | {name: getattr(row, name) for name in names}


def made(row: Any) -> dict[str, Any]:
    """Return a run as it was known when it was made, before anybody took its plan up."""
    names = ("id", "at", "mode", "snapshot_hash", "plan_hash")
    return {name: getattr(row, name) for name in names}
