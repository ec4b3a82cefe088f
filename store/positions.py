"""Where crews were: every fix kept, both clocks, a repeated one kept once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.place import Point
from store.tables.crews import PositionRow


@dataclass(frozen=True)
class Fix:
    """One place a device told."""

    at: Point
    occurred_at: datetime
    device: str
    accuracy_m: float | None = None


def add(session: Session, crew_id: str, fixes: Sequence[Fix], received_at: datetime) -> int:
    """Keep fixes of a crew; returns how many were new."""
    if not fixes:
        return 0
    rows = [
        {
            "crew_id": crew_id,
            "at": f"SRID=4326;POINT({fix.at.lon} {fix.at.lat})",
            "occurred_at": fix.occurred_at,
            "received_at": received_at,
            "device": fix.device,
            "accuracy_m": fix.accuracy_m,
        }
        for fix in fixes
    ]
    kept = session.execute(
        insert(PositionRow).on_conflict_do_nothing().returning(PositionRow.id), rows
    )
    return len(kept.all())
