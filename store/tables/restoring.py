"""What a restored backup leaves behind: that it was put back, and what it could not bring."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base, Key


class RestorationRow(Base):
    """A backup put back here; its outages are owed a recovery until `recovered_at`. Real time."""

    __tablename__ = "restorations"

    id: Mapped[Key]
    taken_at: Mapped[datetime]
    restored_at: Mapped[datetime]
    recovered_at: Mapped[datetime | None]


class LostHistoryRow(Base):
    """Up to event `seq`, the histories of an outage's decisions are gone; its events are not."""

    __tablename__ = "lost_histories"

    outage_id: Mapped[str] = mapped_column(ForeignKey("outages.id"), primary_key=True)
    seq: Mapped[int]
    noted_at: Mapped[datetime]
