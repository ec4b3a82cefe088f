"""What must still be carried elsewhere or remembered: outbox, answers, histories, clock."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base, Key, Serial

PENDING = "done_at IS NULL AND dead_at IS NULL"


class OutboxRow(Base):
    """A message that must reach a workflow at least once; all its times are real time."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_pending", "available_at", "id", postgresql_where=text(PENDING)),
        Index("ix_outbox_pending_key", "key", "kind", "id", postgresql_where=text(PENDING)),
        Index("ix_outbox_dead", "id", postgresql_where=text("dead_at IS NOT NULL")),
        {
            "postgresql_with": {
                "fillfactor": "70",
                # The queue is short and its rows die young: old versions must go at once.
                "autovacuum_vacuum_scale_factor": "0.02",
            }
        },
    )

    id: Mapped[Serial]
    kind: Mapped[str]
    key: Mapped[str]
    body: Mapped[dict[str, Any]]
    district_id: Mapped[str | None]
    at: Mapped[datetime]
    available_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    claimed_by: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    last_error: Mapped[str | None]
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    traceparent: Mapped[str | None]


class IdempotencyRow(Base):
    """What a key was answered, so that a retry hears the same."""

    __tablename__ = "idempotency"
    __table_args__ = (Index("ix_idempotency_at", "at"),)

    subject: Mapped[Key]
    key: Mapped[Key]
    body_hash: Mapped[str]
    answer: Mapped[dict[str, Any] | None]
    status: Mapped[int | None]
    at: Mapped[datetime]


class HistoryRow(Base):
    """A closed workflow history, gzipped JSON, for replay after the server forgot it."""

    __tablename__ = "histories"
    __table_args__ = (Index("ix_histories_outage_id", "outage_id"),)

    workflow_id: Mapped[Key]
    run_id: Mapped[Key]
    outage_id: Mapped[str | None]
    kind: Mapped[str]
    events: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str]
    archived_at: Mapped[datetime]


class InstallationRow(Base):
    """The one row that says how house time runs here."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    real_epoch: Mapped[datetime]
    house_epoch: Mapped[datetime]
    rate: Mapped[float]
