"""A small town as an installation for browsers: streets, a network, crews, and people at desks."""

from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from relight.ground import lay, layout_for, settle
from relight.migrate import DEMO_SHIFTS_AHEAD
from relight.settings import Settings
from store import installation
from store.engine import connect
from store.roster import ensure_shifts
from store.tables.crews import CrewRow, ShiftRow
from territory.osm import read_land
from tests.api.test_local_issuer import add_person
from tests.console.conftest import PEOPLE

HOMES = 2_500


def settle_town(settings: Settings, land_file: Path) -> None:
    """Lay a network over a land in place of the demo, put crews on duty, let people sign in."""
    engine = connect(settings.database_url or "", connections=2, name="town")
    try:
        with Session(engine) as session:
            now = installation.house_now(session)
        land = read_land(land_file)
        settle(engine, land, lay(land, layout_for(engine, land, settings, homes=HOMES), now), now)
        with Session(engine) as session, session.begin():
            ensure_shifts(session, now, now + DEMO_SHIFTS_AHEAD)
            # One crew may do nothing yet: it can be sent all the same.
            on_duty = ShiftRow.starts_at <= now, ShiftRow.ends_at > now
            new = select(ShiftRow.crew_id).where(*on_duty).order_by(ShiftRow.crew_id).limit(1)
            session.execute(
                update(CrewRow).where(CrewRow.id == new.scalar_subquery()).values(skills=[])
            )
        for name, grant in PEOPLE.items():
            add_person(engine, name, grant)
    finally:
        engine.dispose()
