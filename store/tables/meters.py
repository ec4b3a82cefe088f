"""What meters say of themselves, beside their last gasps, which are reports."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base, Key


class PowerOnRow(Base):
    """A meter's word that its supply is back; kept whether or not anything waits for it.

    `id` is the sender's, so that a word sent twice is one. `outage_id` is the outage that was
    open there when it came.
    """

    __tablename__ = "power_ons"
    __table_args__ = (
        Index("ix_power_ons_service_point_id_occurred_at", "service_point_id", "occurred_at"),
        Index("ix_power_ons_outage_id", "outage_id"),
        Index("ix_power_ons_received_at", "received_at"),
    )

    source: Mapped[Key]
    id: Mapped[Key]
    service_point_id: Mapped[str]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    outage_id: Mapped[str | None] = mapped_column(ForeignKey("outages.id"))
