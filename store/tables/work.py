"""What people said and what we made of it: policies, reports, outages."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Sequence, TextClause, text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base, BigInt, District, Key, Place, Serial

REPORT_NUMBERS = Sequence("report_numbers", start=100001, metadata=Base.metadata)
OUTAGE_NUMBERS = Sequence("outage_numbers", start=1001, metadata=Base.metadata)
REPORT_SEQS = Sequence("report_seqs", metadata=Base.metadata)


def next_of(numbers: Sequence) -> TextClause:
    """Return the default that takes the next number of a sequence."""
    return text(f"nextval('{numbers.name}')")


OPEN = "sealed_at IS NULL"


class PolicyRow(Base):
    """A commitment policy as it was when first used: outages are judged by its hash."""

    __tablename__ = "policies"

    hash: Mapped[Key]
    name: Mapped[str]
    version: Mapped[str]
    body: Mapped[dict[str, Any]]


class PolicyChoiceRow(Base):
    """Who chose which policy for new outages of a district, and why; append-only.

    Without a policy the district follows the installation's setting.
    """

    __tablename__ = "policy_choices"
    __table_args__ = (Index("ix_policy_choices_district_id_number", "district_id", "number"),)

    number: Mapped[Serial]
    district_id: Mapped[District]
    policy_hash: Mapped[str | None] = mapped_column(ForeignKey("policies.hash"))
    subject: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]


class OutageRow(Base):
    """One physical cause with many reports.

    The first part is written by intake, the second (`stage` and after) is a projection
    of the outage's events. `at` is the place of the first report, until somebody says which
    device is open: then it is that of the device.
    """

    __tablename__ = "outages"
    __table_args__ = (
        Index("ix_outages_open_transformer", "transformer_id", postgresql_where=text(OPEN)),
        Index("ix_outages_open_section", "section_id", postgresql_where=text(OPEN)),
        Index(
            "ix_outages_open_dark",
            "dark_transformers",
            postgresql_using="gin",
            postgresql_where=text(f"{OPEN} AND device_id IS NOT NULL"),
        ),
        Index(
            "ix_outages_open_planned",
            "planned_work_id",
            postgresql_where=text(f"{OPEN} AND planned_work_id IS NOT NULL"),
        ),
        Index("ix_outages_open_at", "at", postgresql_using="gist", postgresql_where=text(OPEN)),
        Index("ix_outages_at", "at", postgresql_using="gist"),
        Index("ix_outages_open_district", "district_id", postgresql_where=text(OPEN)),
        Index(
            "ix_outages_sealed",
            "district_id",
            "sealed_at",
            "opened_at",
            postgresql_where=text("sealed_at IS NOT NULL"),
        ),
        Index("ix_outages_district_id_number", "district_id", text("number DESC")),
        Index("ix_outages_district_id_clock_start", "district_id", "clock_start"),
        Index("ix_outages_number", "number", unique=True),
        Index("ix_outages_closed_at", "closed_at"),
        Index("ix_outages_arrival_deadline", "arrival_deadline"),
        Index(
            "ix_outages_projection_alarm",
            "id",
            postgresql_where=text("projection_alarm IS NOT NULL"),
        ),
        # Many small updates: room on the page keeps them heap-only.
        {"postgresql_with": {"fillfactor": "70"}},
    )

    id: Mapped[Key]
    number: Mapped[BigInt] = mapped_column(BigInteger, server_default=next_of(OUTAGE_NUMBERS))
    district_id: Mapped[District]
    grid_id: Mapped[str | None]
    area_class: Mapped[str]
    policy_hash: Mapped[str] = mapped_column(ForeignKey("policies.hash"))
    rules_version: Mapped[int]
    opened_at: Mapped[datetime]
    clock_start: Mapped[datetime]
    at: Mapped[Place]
    transformer_id: Mapped[str | None]
    section_id: Mapped[str | None]
    feeder_id: Mapped[str | None]
    transformers: Mapped[list[str]] = mapped_column(server_default="{}")
    customers_affected: Mapped[int] = mapped_column(server_default="1")
    hazards: Mapped[list[str]] = mapped_column(server_default="{}")
    life_support: Mapped[bool] = mapped_column(server_default="false")
    key_class: Mapped[str | None]
    parent_outage_id: Mapped[str | None] = mapped_column(ForeignKey("outages.id"))
    report_count: Mapped[int] = mapped_column(server_default="0")
    report_watermark: Mapped[BigInt] = mapped_column(BigInteger, server_default="0")
    # The last report that named a danger: tells a second fallen wire from the first.
    hazards_watermark: Mapped[BigInt] = mapped_column(BigInteger, server_default="0")
    last_report_at: Mapped[datetime | None]
    signalled_watermark: Mapped[BigInt] = mapped_column(BigInteger, server_default="0")
    signalled_at: Mapped[datetime | None]
    acked_watermark: Mapped[BigInt] = mapped_column(BigInteger, server_default="0")
    sealed_at: Mapped[datetime | None]
    # What was announced when it opened; its clock starts at the announced end.
    planned_work_id: Mapped[str | None] = mapped_column(ForeignKey("planned_works.id"))
    planned_until: Mapped[datetime | None]
    # Where its reports went when it was found to be the same as another.
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("outages.id"))
    # A device or transformer that was confirmed to be open, and which transformers hang below it.
    device_id: Mapped[str | None]
    dark_transformers: Mapped[list[str]] = mapped_column(server_default="{}")

    stage: Mapped[str] = mapped_column(server_default="predicted")
    status: Mapped[str] = mapped_column(server_default="predicted")
    seq: Mapped[int] = mapped_column(server_default="0")
    state: Mapped[dict[str, Any] | None]
    state_digest: Mapped[str | None]
    arrival_deadline: Mapped[datetime | None]
    etr: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    restoration_no: Mapped[int] = mapped_column(server_default="0")
    restored_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    known_at: Mapped[datetime | None]
    projection_alarm: Mapped[str | None]


class ReportRow(Base):
    """One person's call; owns its callback and never loses its first owner."""

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint("first_owner <> ''", name="first_owner"),
        Index("ix_reports_number", "number", unique=True),
        Index("ix_reports_district_id_number", "district_id", text("number DESC")),
        Index("ix_reports_outage_id_seq", "outage_id", "seq"),
        *(
            Index(
                f"ix_reports_{column}_lately",
                column,
                "received_at",
                postgresql_where=text(f"{column} IS NOT NULL"),
            )
            for column in ("service_point_id", "reporter_phone")
        ),
        Index(
            "ix_reports_of_meters",
            "service_point_id",
            postgresql_where=text("channel = 'meter'"),
        ),
        Index(
            "ix_reports_no_outcome",
            "outage_id",
            postgresql_where=text("outcome IS NULL"),
        ),
        Index(
            "uq_reports_source_external_id",
            "source",
            "external_id",
            unique=True,
            postgresql_where=text("external_id IS NOT NULL"),
        ),
    )

    id: Mapped[Key]
    number: Mapped[BigInt] = mapped_column(BigInteger, server_default=next_of(REPORT_NUMBERS))
    seq: Mapped[BigInt] = mapped_column(BigInteger, server_default=next_of(REPORT_SEQS))
    district_id: Mapped[District]
    channel: Mapped[str]
    source: Mapped[str]
    external_id: Mapped[str | None]
    reporter_name: Mapped[str | None]
    reporter_phone: Mapped[str | None]
    reporter_is_customer: Mapped[bool] = mapped_column(server_default="true")
    customer_id: Mapped[str | None]
    service_point_id: Mapped[str | None]
    transformer_id: Mapped[str | None]
    section_id: Mapped[str | None]
    address: Mapped[str | None]
    at: Mapped[Place]
    scope: Mapped[str]
    hazards: Mapped[list[str]] = mapped_column(server_default="{}")
    life_support: Mapped[bool] = mapped_column(server_default="false")
    note: Mapped[str | None]
    first_owner: Mapped[str]
    occurred_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    outage_id: Mapped[str | None] = mapped_column(ForeignKey("outages.id"))
    promised_arrival_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    outcome_at: Mapped[datetime | None]
    # sha256 over the salt and the person's fields; without the salt it leads nowhere.
    salt: Mapped[bytes | None]
    commitment: Mapped[str | None]
    forgotten_at: Mapped[datetime | None]
    # The announced work that the reporter was told of.
    planned_work_id: Mapped[str | None] = mapped_column(ForeignKey("planned_works.id"))
