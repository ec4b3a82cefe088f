"""Who is on duty when: shifts laid out by a turning pattern, and read back."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.errors import Refused
from domain.turns import shifts_by_turn
from store.tables.crews import CrewRow, ShiftRow
from store.tables.territory import DistrictRow


def ensure_shifts(session: Session, since: datetime, until: datetime) -> int:
    """Give every active crew its turn on every local day between two moments.

    Shifts that exist are left as they are; returns how many were added.
    """
    crews = session.execute(
        select(CrewRow.id, CrewRow.district_id, DistrictRow.time_zone)
        .join(DistrictRow, DistrictRow.id == CrewRow.district_id)
        .where(CrewRow.active)
        .order_by(CrewRow.district_id, CrewRow.id)
    ).all()
    turn: dict[str, int] = {}
    rows: list[dict[str, Any]] = []
    for crew, district, zone in crews:
        place = turn[district] = turn.get(district, -1) + 1
        rows.extend(_turns(crew, place, ZoneInfo(zone), since, until))
    if not rows:
        return 0
    added = session.execute(
        insert(ShiftRow).on_conflict_do_nothing(index_elements=["id"]).returning(ShiftRow.id), rows
    )
    return len(added.all())


def _turns(
    crew: str, place: int, zone: ZoneInfo, since: datetime, until: datetime
) -> Iterator[dict[str, Any]]:
    for day, shift in shifts_by_turn(place, zone, since, until):
        yield {"id": f"{crew}/{day.isoformat()}", "crew_id": crew, **dict(shift)}


def shifts_of(
    session: Session, crews: Sequence[str], since: datetime, until: datetime
) -> list[ShiftRow]:
    """List the shifts of some crews that touch a span of time."""
    query = select(ShiftRow).where(
        ShiftRow.crew_id.in_(crews), ShiftRow.starts_at < until, ShiftRow.ends_at > since
    )
    return list(session.scalars(query.order_by(ShiftRow.starts_at, ShiftRow.crew_id)))


def add_shift(
    session: Session,
    shift_id: str,
    crew_id: str,
    starts_at: datetime,
    ends_at: datetime,
    max_duty_s: int,
) -> None:
    """Put a crew on duty.

    Raises Refused: crew_unknown, shift_exists when it overlaps another shift of the crew.
    """
    if not _hold(session, crew_id):
        raise Refused("crew_unknown", crew=crew_id)
    if shifts_of(session, [crew_id], starts_at, ends_at):
        raise Refused("shift_exists", crew=crew_id)
    row = ShiftRow(
        id=shift_id, crew_id=crew_id, starts_at=starts_at, ends_at=ends_at, max_duty_s=max_duty_s
    )
    session.add(row)
    session.flush()


def end_shift(session: Session, shift: ShiftRow, ends_at: datetime) -> None:
    """Let a shift end at another time; raises Refused: shift_exists when it meets another one."""
    _hold(session, shift.crew_id)
    others = shifts_of(session, [shift.crew_id], shift.starts_at, ends_at)
    if any(other.id != shift.id for other in others):
        raise Refused("shift_exists", crew=shift.crew_id)
    shift.ends_at = ends_at
    session.flush()


def _hold(session: Session, crew_id: str) -> bool:
    """Hold a crew's row, so that two overlapping shifts cannot pass each other."""
    crew = session.scalar(select(CrewRow.id).where(CrewRow.id == crew_id).with_for_update())
    return crew is not None


def shift(session: Session, shift_id: str, *, held: bool = False) -> ShiftRow | None:
    """Return a shift by its id; `held` keeps others from changing it until we are done."""
    return session.get(ShiftRow, shift_id, with_for_update=held or None)
