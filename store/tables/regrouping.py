"""Merges and splits of orders, and which report went where: what was told then stays known."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base, Key, OfOutage, Serial


class RegroupingRow(Base):
    """One merge or split of an order; `before` is how the order that took reports stood."""

    __tablename__ = "regroupings"
    __table_args__ = (CheckConstraint("kind IN ('merge', 'split')", name="kind"),)

    id: Mapped[Key]
    kind: Mapped[str]
    from_outage_id: Mapped[OfOutage]
    to_outage_id: Mapped[OfOutage]
    at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    before: Mapped[dict[str, Any] | None]


class ReportMoveRow(Base):
    """A report that went from one order to another; append-only.

    `told` is the arrival promised to the reporter until then, `stands` the one that counts since.
    """

    __tablename__ = "report_moves"
    __table_args__ = (
        Index("ix_report_moves_from_outage_id", "from_outage_id"),
        Index("ix_report_moves_report_id", "report_id"),
    )

    number: Mapped[Serial]
    regrouping_id: Mapped[str] = mapped_column(ForeignKey("regroupings.id"))
    report_id: Mapped[str] = mapped_column(ForeignKey("reports.id"))
    from_outage_id: Mapped[OfOutage]
    to_outage_id: Mapped[OfOutage]
    told: Mapped[datetime | None]
    stands: Mapped[datetime | None]
    at: Mapped[datetime]
