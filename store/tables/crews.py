"""Who repairs: crews, members, shifts, positions and the leases that lend a crew."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import COUNTED, Base, BigInt, District, Key, Place, Serial


class CrewRow(Base):
    """A repair crew (抢修队) of a home district; `licences` maps a name to its expiry.

    `kit` is what its vehicles carry.
    """

    __tablename__ = "crews"
    __table_args__ = (Index("ix_crews_district_id", "district_id"),)

    id: Mapped[Key]
    district_id: Mapped[District]
    name_en: Mapped[str]
    name_zh: Mapped[str]
    depot_id: Mapped[str] = mapped_column(ForeignKey("depots.id"))
    grid_id: Mapped[str | None] = mapped_column(ForeignKey("grids.id"))
    skills: Mapped[list[str]]
    licences: Mapped[dict[str, Any]]
    kit: Mapped[list[str]] = mapped_column(server_default="{}")
    active: Mapped[bool] = mapped_column(server_default="true")


class CrewMemberRow(Base):
    """A person of a crew and the part taken in it."""

    __tablename__ = "crew_members"
    __table_args__ = (
        CheckConstraint("part IN ('leader', 'safety_officer', 'member')", name="part"),
        Index("ix_crew_members_subject", "subject"),
    )

    crew_id: Mapped[str] = mapped_column(ForeignKey("crews.id"), primary_key=True)
    subject: Mapped[Key]
    part: Mapped[str]


class ShiftRow(Base):
    """When a crew is on duty; `max_duty_s` caps the seconds worked in it."""

    __tablename__ = "shifts"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="forward"),
        Index("ix_shifts_crew_id_starts_at", "crew_id", "starts_at"),
        Index("ix_shifts_ends_at", "ends_at"),
    )

    id: Mapped[Key]
    crew_id: Mapped[str] = mapped_column(ForeignKey("crews.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    max_duty_s: Mapped[int]


class PositionRow(Base):
    """One fix of a crew's place; append-only, both clocks kept."""

    __tablename__ = "positions"
    __table_args__ = (
        UniqueConstraint("crew_id", "device", "occurred_at"),
        Index("ix_positions_crew_id_occurred_at", "crew_id", text("occurred_at DESC")),
        Index("ix_positions_received_at", "received_at", postgresql_using="brin"),
    )

    id: Mapped[Serial]
    crew_id: Mapped[str] = mapped_column(ForeignKey("crews.id"))
    at: Mapped[Place]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    device: Mapped[str]
    accuracy_m: Mapped[float | None]


class CrewLeaseRow(Base):
    """Which district may plan a crew now; `fence` only ever rises.

    A lease `for_task` was taken by a board by itself, and ends with the crew's last task there.
    """

    __tablename__ = "crew_leases"
    __table_args__ = (Index("ix_crew_leases_district_id", "district_id"),)

    crew_id: Mapped[str] = mapped_column(ForeignKey("crews.id"), primary_key=True)
    district_id: Mapped[District]
    fence: Mapped[BigInt] = mapped_column(BigInteger)
    leased_until: Mapped[datetime]
    for_task: Mapped[str | None]


class CrewStockRow(Base):
    """What a crew carried of each part when that was told; without a row nobody counts it."""

    __tablename__ = "crew_stocks"
    __table_args__ = (CheckConstraint(COUNTED.format(least=0), name="counted"),)

    crew_id: Mapped[str] = mapped_column(ForeignKey("crews.id"), primary_key=True)
    parts: Mapped[dict[str, Any]]
    told_at: Mapped[datetime]
    told_by: Mapped[str]


class CrewBookingRow(Base):
    """A span in which a crew is on call off its shift, or reserved; nothing is ever deleted.

    `place` is where it is reserved to, in words; `ended_at` ends it before `until`.
    """

    __tablename__ = "crew_bookings"
    __table_args__ = (
        CheckConstraint("kind IN ('on_call', 'reserved')", name="kind"),
        CheckConstraint("until > since", name="ends_after_it_begins"),
        Index("ix_crew_bookings_crew_id", "crew_id", postgresql_where=text("ended_at IS NULL")),
        Index("ix_crew_bookings_since", "since"),
    )

    id: Mapped[Key]
    crew_id: Mapped[str] = mapped_column(ForeignKey("crews.id"))
    kind: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]
    reason: Mapped[str]
    place: Mapped[str | None]
    booked_by: Mapped[str]
    booked_at: Mapped[datetime]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class CrewClaimRow(Base):
    """A task a board gives to a crew, from before the outage is told until the rows know it.

    `outage_seq` is what the outage answered; without one it may or may not have been told.
    """

    __tablename__ = "crew_claims"
    __table_args__ = (Index("ix_crew_claims_crew_id", "crew_id"),)

    task_id: Mapped[Key]
    crew_id: Mapped[str] = mapped_column(ForeignKey("crews.id"))
    district_id: Mapped[District]
    outage_seq: Mapped[int | None] = mapped_column(BigInteger)
