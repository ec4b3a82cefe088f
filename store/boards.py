"""Boards and the orders given to them: what was asked, by whom, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.kinds import Mode
from domain.moves import MOVES
from domain.outage import FINISHED
from store import installation, plan_runs
from store.tables.planning import BoardOrderRow, BoardRow
from store.tables.territory import DistrictRow

REMEMBERED_ORDERS = 256


@dataclass(frozen=True)
class HolderRow:
    """Who holds a task, whether that crew may still be called off, and how new this is."""

    task_id: str
    crew_id: str | None
    state: str
    callable_off: bool
    outage_seq: int


def districts(session: Session) -> list[str]:
    """List every district; each has one board."""
    return list(session.scalars(select(DistrictRow.id).order_by(DistrictRow.id)))


def mode_of(session: Session, district: str) -> Mode:
    """Return the mode a board was last set to; a new board acts by itself."""
    mode = session.scalar(select(BoardRow.mode).where(BoardRow.district_id == district))
    return Mode(mode) if mode is not None else Mode.AUTO


@dataclass(frozen=True)
class BoardStanding:
    """How a board stands by the rows: what it goes on from when it must start anew.

    `epoch` is at least that of every order an open outage has heard; `pins` are plain values.
    """

    mode: Mode
    epoch: int
    pins: tuple[dict[str, Any], ...]
    answered: tuple[str, ...]
    plan: str | None
    plans: int


_EPOCH = text("""
SELECT coalesce(max(heard.epoch), 0) FROM outages o, LATERAL (
    SELECT t.assignment_epoch AS epoch FROM tasks t WHERE t.outage_id = o.id
    UNION ALL
    SELECT CAST(e.body ->> 'epoch' AS integer) FROM outage_events e
    WHERE e.outage_id = o.id AND e.kind = 'task_rescheduled'
) heard
WHERE o.district_id = :district AND o.sealed_at IS NULL
""")
_ANSWERED = text("""
SELECT id FROM board_orders WHERE district_id = :district AND answer IS NOT NULL
ORDER BY at DESC LIMIT :limit
""")


def standing(session: Session, district: str) -> BoardStanding:
    """Return how a district's board stands; one that never told anything acts by itself."""
    row = session.get(BoardRow, district)
    view: dict[str, Any] = {} if row is None else row.view
    heard = session.scalar(_EPOCH, {"district": district}) or 0
    answered = session.scalars(_ANSWERED, {"district": district, "limit": REMEMBERED_ORDERS})
    latest = plan_runs.latest(session, district)
    return BoardStanding(
        mode=mode_of(session, district),
        epoch=max(heard, view.get("epoch", 0)),
        pins=tuple(view.get("pins", ())),
        answered=tuple(reversed(answered.all())),
        plan=None if latest is None else latest.plan_hash,
        plans=view.get("plans", 0),
    )


def record_view(session: Session, district: str, mode: Mode, view: dict[str, Any]) -> None:
    """Keep how a board stands."""
    values = {"mode": mode.value, "view": view, "known_at": installation.house_now(session)}
    session.execute(
        insert(BoardRow)
        .values(district_id=district, **values)
        .on_conflict_do_update(index_elements=["district_id"], set_=values)
    )


def place_order(
    session: Session,
    order_id: str,
    district: str,
    *,
    kind: str,
    subject: str,
    body: dict[str, Any],
    now: datetime,
) -> bool:
    """Note an order before the board hears of it; False when its id is known already."""
    placed = session.scalar(
        insert(BoardOrderRow)
        .values(id=order_id, district_id=district, kind=kind, subject=subject, body=body, at=now)
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(BoardOrderRow.id)
    )
    return placed is not None


def record_outcome(
    session: Session,
    order_id: str,
    district: str,
    *,
    kind: str,
    subject: str,
    body: dict[str, Any],
    answer: dict[str, Any],
    now: datetime,
) -> None:
    """Write what an order came to; the first outcome stands."""
    place_order(session, order_id, district, kind=kind, subject=subject, body=body, now=now)
    row = session.get_one(BoardOrderRow, order_id)
    if row.answer is None:
        row.answer = answer


def order(session: Session, order_id: str) -> BoardOrderRow | None:
    """Return one order with its outcome, if it has one yet."""
    return session.get(BoardOrderRow, order_id)


def orders(session: Session, district: str, *, limit: int = 100) -> list[BoardOrderRow]:
    """List a district's latest orders, newest first."""
    query = select(BoardOrderRow).where(BoardOrderRow.district_id == district)
    return list(session.scalars(query.order_by(BoardOrderRow.at.desc()).limit(limit)))


def view_of(session: Session, district: str) -> BoardRow | None:
    """Return a board as it last told about itself."""
    return session.get(BoardRow, district)


_HOLDER = text("""
SELECT t.id, t.crew_id, t.state, o.seq FROM tasks t JOIN outages o ON o.id = t.outage_id
WHERE t.id = :task
""")


def holder(session: Session, task_id: str) -> HolderRow | None:
    """Return who holds a task, as far as the projection knows."""
    row = session.execute(_HOLDER, {"task": task_id}).one_or_none()
    if row is None:
        return None
    return HolderRow(
        task_id=row.id,
        crew_id=row.crew_id if row.state not in FINISHED else None,
        state=row.state,
        callable_off=row.state in MOVES["release"].task_from,
        outage_seq=row.seq,
    )
