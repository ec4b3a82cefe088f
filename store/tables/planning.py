"""Plans as receipts: documents by hash, runs, boards and the orders given to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base, District, Key


class DocumentRow(Base):
    """A snapshot, plan or policy as canonical JSON text, found by its hash."""

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint("kind IN ('snapshot', 'plan', 'policy')", name="kind"),
        Index("ix_documents_stored_at", "stored_at", postgresql_using="brin"),
    )

    hash: Mapped[Key]
    kind: Mapped[str]
    body: Mapped[str]
    stored_at: Mapped[datetime]


class PlanRunRow(Base):
    """One run of the planner for a district and what became of its plan."""

    __tablename__ = "plan_runs"
    __table_args__ = (
        CheckConstraint(
            "status IN ('proposed', 'accepted', 'partly', 'declined', 'delivered', 'shadow')",
            name="status",
        ),
        Index("ix_plan_runs_district_id_at", "district_id", text("at DESC")),
    )

    id: Mapped[Key]
    district_id: Mapped[District]
    at: Mapped[datetime]
    mode: Mapped[str]
    snapshot_hash: Mapped[str]
    plan_hash: Mapped[str]
    stop_cause: Mapped[str]
    solver: Mapped[str]
    wall_ms: Mapped[int]
    trigger: Mapped[str]
    status: Mapped[str]
    known_at: Mapped[datetime]


class BoardRow(Base):
    """The board of a district as it last told about itself."""

    __tablename__ = "boards"

    district_id: Mapped[District] = mapped_column(primary_key=True)
    mode: Mapped[str]
    view: Mapped[dict[str, Any]]
    known_at: Mapped[datetime]


class BoardOrderRow(Base):
    """An order given to a board (assign, release, pin, mode) and its answer."""

    __tablename__ = "board_orders"
    __table_args__ = (Index("ix_board_orders_district_id_at", "district_id", text("at DESC")),)

    id: Mapped[Key]
    district_id: Mapped[District]
    kind: Mapped[str]
    subject: Mapped[str]
    body: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    answer: Mapped[dict[str, Any] | None]
