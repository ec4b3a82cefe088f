"""What is different on the ground: closed streets and areas, and roads on which all are slow."""

from datetime import datetime

from geoalchemy2 import WKBElement
from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base, Key, shape


class ClosureRow(Base):
    """Streets closed (share 0), or a kind of road or an area class driven at a share of its speed.

    With an `area` nobody is sent to work in it either; its streets are those that run in it.
    Exactly one of `streets`, `kind` and `area_class` says what it is about. `lifted_at` ends it
    before `until`; nothing is ever deleted, so that a plan of the past can be explained.
    """

    __tablename__ = "closures"
    __table_args__ = (
        CheckConstraint("num_nonnulls(streets, kind, area_class) = 1", name="one_subject"),
        CheckConstraint(
            "CASE WHEN streets IS NULL THEN share BETWEEN 0.05 AND 1 ELSE share = 0 END",
            name="share",
        ),
        CheckConstraint("area_class IN ('urban', 'rural', 'remote')", name="area_class"),
        CheckConstraint("until IS NULL OR until > since", name="ends_after_it_begins"),
        CheckConstraint("area IS NULL OR streets IS NOT NULL", name="area_and_its_streets"),
        Index("ix_closures_since", "since"),
    )

    id: Mapped[Key]
    streets: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    kind: Mapped[str | None]
    area_class: Mapped[str | None]
    area: Mapped[WKBElement | None] = mapped_column(shape("POLYGON"))
    share: Mapped[float]
    reason: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    declared_by: Mapped[str]
    declared_at: Mapped[datetime]
    lifted_by: Mapped[str | None]
    lifted_at: Mapped[datetime | None]
