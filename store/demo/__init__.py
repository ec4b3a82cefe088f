"""A small invented territory to try Relight on: one city district and a quiet neighbour."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from store.demo.ground import CITY, NEIGHBOUR, Ground, lay_ground
from store.demo.people import settle_people
from store.roster import ensure_shifts
from store.tables.territory import DistrictRow

SHIFT_DAYS = 14


def load_demo(engine: Engine, now: datetime) -> bool:
    """Load the demo territory in one transaction; returns False when it is already there."""
    with Session(engine) as session, session.begin():
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('relight/demo', 0))"))
        if session.scalar(select(DistrictRow.id).where(DistrictRow.id == CITY.id)) is not None:
            return False
        for plan in (CITY, NEIGHBOUR):
            ground = Ground(plan)
            lay_ground(session, ground)
            settle_people(session, ground, now)
        ensure_shifts(session, now - timedelta(days=1), now + timedelta(days=SHIFT_DAYS))
        session.execute(text("ANALYZE"))
    return True
