"""Announced work on the network: whose supply is off, when, and what they were told."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from store.tables.base import Base, District, Key


class PlannedWorkRow(Base):
    """Work that takes supply from some transformers for a while; nothing is ever deleted.

    `ended_at` ends it before `until`: done early, or withdrawn.
    """

    __tablename__ = "planned_works"
    __table_args__ = (
        CheckConstraint("until > since", name="ends_after_it_begins"),
        CheckConstraint("transformers <> '{}'", name="somewhere"),
        CheckConstraint("how IN ('done', 'withdrawn')", name="how"),
        Index(
            "ix_planned_works_transformers",
            "transformers",
            postgresql_using="gin",
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_planned_works_since", "since"),
    )

    id: Mapped[Key]
    district_id: Mapped[District]
    transformers: Mapped[list[str]]
    since: Mapped[datetime]
    until: Mapped[datetime]
    reason: Mapped[str]
    notice: Mapped[str]
    announced_by: Mapped[str]
    announced_at: Mapped[datetime]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    how: Mapped[str | None]
