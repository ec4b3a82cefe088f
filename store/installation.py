"""How house time runs in this installation."""

from datetime import UTC, datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.clock import HouseClock
from store.tables.delivery import InstallationRow


def clock(session: Session | Connection) -> HouseClock:
    """Return the house clock; where none was set, house time is real time."""
    row = session.execute(
        select(InstallationRow.real_epoch, InstallationRow.house_epoch, InstallationRow.rate)
    ).one_or_none()
    return HouseClock() if row is None else HouseClock(**row._mapping)


def set_clock(session: Session, clock: HouseClock) -> None:
    """Set the house clock of this installation."""
    values = clock.model_dump()
    session.execute(
        insert(InstallationRow)
        .values(id=1, **values)
        .on_conflict_do_update(index_elements=["id"], set_=values)
    )


def house_now(session: Session | Connection) -> datetime:
    """Return the house time of this moment."""
    return clock(session).house(datetime.now(UTC))
