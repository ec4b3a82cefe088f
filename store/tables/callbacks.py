"""The callback to every reporter: what is due, and every attempt made."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base, District, Key, OfOutage


class CallbackRow(Base):
    """One reporter to be asked after one restoration.

    `claimed_until` is real time (a lease); the other times are the house clock's. What `awaits` a
    meter is no call for a person: until `next_attempt_at` the meter may say that it is back, and
    `silent_at` is when it had not.
    """

    __tablename__ = "callbacks"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'done')", name="state"),
        CheckConstraint("awaits IN ('call', 'meter')", name="awaits"),
        UniqueConstraint("report_id", "restoration_no"),
        Index("ix_callbacks_outage_id_restoration_no", "outage_id", "restoration_no"),
        Index(
            "ix_callbacks_due",
            "district_id",
            "next_attempt_at",
            postgresql_where=text("state = 'open'"),
        ),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    id: Mapped[Key]
    outage_id: Mapped[OfOutage | None]
    report_id: Mapped[str] = mapped_column(ForeignKey("reports.id"))
    district_id: Mapped[District]
    restoration_no: Mapped[int]
    due_from: Mapped[datetime]
    due_by: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="open")
    outcome: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_attempt_at: Mapped[datetime]
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    awaits: Mapped[str] = mapped_column(server_default="call")
    silent_at: Mapped[datetime | None]


class CallbackAttemptRow(Base):
    """One try to reach a reporter and the answers to the fixed questions; append-only."""

    __tablename__ = "callback_attempts"
    __table_args__ = (
        CheckConstraint("result IN ('unanswered', 'answered', 'unreached')", name="result"),
        CheckConstraint("supply IN ('on', 'still_off')", name="supply"),
        UniqueConstraint("action_id"),
        Index("ix_callback_attempts_callback_id", "callback_id"),
    )

    id: Mapped[Key]
    action_id: Mapped[str]
    callback_id: Mapped[str] = mapped_column(ForeignKey("callbacks.id"))
    agent: Mapped[str]
    at: Mapped[datetime]
    result: Mapped[str]
    contacted_on_arrival: Mapped[bool | None]
    commitment_kept: Mapped[bool | None]
    satisfied: Mapped[bool | None]
    supply: Mapped[str | None]
    note: Mapped[str | None]
