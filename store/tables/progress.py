"""What was decided about an outage: tasks, events, restoration steps, verdicts, pages."""

from datetime import datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import COUNTED, Base, BigInt, Key, OfOutage, shape


class TaskRow(Base):
    """One piece of field work, as the outage's events last left it."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_outage_id", "outage_id"),
        Index("ix_tasks_crew_id_finished_at", "crew_id", "finished_at"),
        Index(
            "ix_tasks_unfinished_crew",
            "crew_id",
            postgresql_where=text("finished_at IS NULL"),
        ),
        Index(
            "ix_tasks_used_parts",
            "crew_id",
            "finished_at",
            postgresql_where=text("parts <> '{}'"),
        ),
        CheckConstraint(COUNTED.format(least=1), name="counted"),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    id: Mapped[Key]
    outage_id: Mapped[OfOutage]
    kind: Mapped[str]
    state: Mapped[str]
    crew_id: Mapped[str | None]
    assignment_epoch: Mapped[int] = mapped_column(server_default="0")
    eta: Mapped[datetime | None]
    skills: Mapped[list[str]] = mapped_column(server_default="{}")
    licences: Mapped[list[str]] = mapped_column(server_default="{}")
    parts: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    plan_hash: Mapped[str | None]
    assigned_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    known_at: Mapped[datetime]


class OutageEventRow(Base):
    """One event of an outage's life; (outage, seq) is unique and the digest guards it."""

    __tablename__ = "outage_events"
    __table_args__ = (
        Index(
            "ix_outage_events_action_id",
            "outage_id",
            "action_id",
            postgresql_where=text("action_id IS NOT NULL"),
        ),
    )

    outage_id: Mapped[OfOutage] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    at: Mapped[datetime]
    occurred_at: Mapped[datetime | None]
    actor: Mapped[str | None]
    role: Mapped[str | None]
    crew_id: Mapped[str | None]
    action_id: Mapped[str | None]
    body: Mapped[dict[str, Any]]
    digest: Mapped[str]
    known_at: Mapped[datetime]


class RestorationStepRow(Base):
    """How many customers came back, and when, in one restoration of an outage."""

    __tablename__ = "restoration_steps"

    outage_id: Mapped[OfOutage] = mapped_column(primary_key=True)
    restoration_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    step_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customers: Mapped[int]
    occurred_at: Mapped[datetime]
    known_at: Mapped[datetime]


class FieldFactRow(Base):
    """A statement from the field, kept whatever becomes of it; only its verdict is added."""

    __tablename__ = "field_facts"
    __table_args__ = (
        CheckConstraint("verdict IN ('accepted', 'refused')", name="verdict"),
        UniqueConstraint("device", "device_seq"),
        Index("ix_field_facts_outage_id", "outage_id"),
        Index("ix_field_facts_unjudged", "received_at", postgresql_where=text("verdict IS NULL")),
    )

    id: Mapped[Key]
    outage_id: Mapped[OfOutage]
    task_id: Mapped[str | None]
    crew_id: Mapped[str | None]
    subject: Mapped[str]
    device: Mapped[str]
    device_seq: Mapped[BigInt]
    action_id: Mapped[str]
    kind: Mapped[str]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    at: Mapped[WKBElement | None] = mapped_column(shape("POINT"), nullable=True)
    action: Mapped[str]
    verdict: Mapped[str | None]
    verdict_code: Mapped[str | None]
    judged_at: Mapped[datetime | None]


class VerdictRow(Base):
    """What an outage's facts prove, by version; append-only."""

    __tablename__ = "verdicts"

    outage_id: Mapped[OfOutage] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[dict[str, Any]]
    amended: Mapped[bool]
    known_at: Mapped[datetime]


class OutageHandRow(Base):
    """Who had a hand in an outage, so that they can never judge it by a callback."""

    __tablename__ = "outage_hands"
    __table_args__ = (
        CheckConstraint("part IN ('dispatcher', 'executor', 'leader')", name="part"),
        Index("ix_outage_hands_subject", "subject"),
    )

    outage_id: Mapped[OfOutage] = mapped_column(primary_key=True)
    subject: Mapped[Key]
    part: Mapped[Key]


class PageRow(Base):
    """One rung of a ladder climbed: a row in somebody's inbox, once per dedup key."""

    __tablename__ = "pages"
    __table_args__ = (
        UniqueConstraint("dedup_key"),
        Index("ix_pages_outage_id", "outage_id"),
        Index(
            "ix_pages_inbox",
            "district_id",
            "to_role",
            "at",
            postgresql_where=text("acked_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    dedup_key: Mapped[str]
    outage_id: Mapped[str | None]
    district_id: Mapped[str]
    ladder: Mapped[str]
    rung: Mapped[int]
    to_role: Mapped[str]
    body: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    overtaken: Mapped[bool] = mapped_column(server_default="false")
    acked_at: Mapped[datetime | None]
    acked_by: Mapped[str | None]
    known_at: Mapped[datetime]
