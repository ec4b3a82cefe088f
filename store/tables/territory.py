"""Where things are: districts, their areas, the network down to the customer."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Area, Base, District, Key, Path, Place


class DistrictRow(Base):
    """One supply district: the unit of dispatching and of scale."""

    __tablename__ = "districts"

    id: Mapped[Key]
    name_en: Mapped[str]
    name_zh: Mapped[str]
    time_zone: Mapped[str]
    # Owns every report nobody in person took: the first owner is never null.
    hotline: Mapped[str]
    # For new outages; without one the installation's setting holds.
    policy_hash: Mapped[str | None] = mapped_column(ForeignKey("policies.hash"))
    area: Mapped[Area]


class ServiceAreaRow(Base):
    """A part of a district with one arrival commitment (urban, rural, remote)."""

    __tablename__ = "service_areas"
    __table_args__ = (
        CheckConstraint("area_class IN ('urban', 'rural', 'remote')", name="area_class"),
        Index("ix_service_areas_boundary", "boundary", postgresql_using="gist"),
    )

    id: Mapped[Key]
    district_id: Mapped[District]
    area_class: Mapped[str]
    boundary: Mapped[Area]


class GridRow(Base):
    """A service grid with its named manager (网格)."""

    __tablename__ = "grids"
    __table_args__ = (Index("ix_grids_boundary", "boundary", postgresql_using="gist"),)

    id: Mapped[Key]
    district_id: Mapped[District]
    name_en: Mapped[str]
    name_zh: Mapped[str]
    phone: Mapped[str]
    leader: Mapped[str]
    boundary: Mapped[Area]


class DepotRow(Base):
    """A repair depot, where crews start and stand by (抢修驻点)."""

    __tablename__ = "depots"

    id: Mapped[Key]
    district_id: Mapped[District]
    name_en: Mapped[str]
    name_zh: Mapped[str]
    at: Mapped[Place]


class SubstationRow(Base):
    """The head of the network of a district (变电站)."""

    __tablename__ = "substations"

    id: Mapped[Key]
    district_id: Mapped[District]
    name_en: Mapped[str]
    name_zh: Mapped[str]
    at: Mapped[Place]


class FeederRow(Base):
    """A line leaving a substation (馈线); grouping locks are taken on its id."""

    __tablename__ = "feeders"

    id: Mapped[Key]
    substation_id: Mapped[str] = mapped_column(ForeignKey("substations.id"))
    district_id: Mapped[District]
    name_en: Mapped[str]
    name_zh: Mapped[str]


class SectionRow(Base):
    """The part of a feeder between two switches; its parent lies nearer the substation."""

    __tablename__ = "sections"
    __table_args__ = (
        Index("ix_sections_feeder_id", "feeder_id"),
        Index("ix_sections_path", "path", postgresql_using="gist"),
    )

    id: Mapped[Key]
    feeder_id: Mapped[str] = mapped_column(ForeignKey("feeders.id"))
    parent_section_id: Mapped[str | None] = mapped_column(ForeignKey("sections.id"))
    name: Mapped[str]
    customers: Mapped[int] = mapped_column(server_default="0")
    path: Mapped[Path]


class DeviceRow(Base):
    """A switching device: it feeds its section, or ties two sections of different feeders.

    One that is normally open feeds nothing; closing it hands a section to the other feeder.
    """

    __tablename__ = "devices"
    __table_args__ = (
        CheckConstraint("kind IN ('breaker', 'recloser', 'switch', 'fuse')", name="kind"),
        CheckConstraint("normally_open = (tie_section_id IS NOT NULL)", name="open_where_it_ties"),
        Index("ix_devices_section_id", "section_id"),
        Index("ix_devices_at", "at", postgresql_using="gist"),
    )

    id: Mapped[Key]
    kind: Mapped[str]
    name: Mapped[str]
    section_id: Mapped[str] = mapped_column(ForeignKey("sections.id"))
    tie_section_id: Mapped[str | None] = mapped_column(ForeignKey("sections.id"))
    normally_open: Mapped[bool] = mapped_column(server_default="false")
    at: Mapped[Place]


class TransformerRow(Base):
    """A distribution transformer (配电变压器)."""

    __tablename__ = "transformers"
    __table_args__ = (
        Index("ix_transformers_section_id", "section_id"),
        Index("ix_transformers_at", "at", postgresql_using="gist"),
    )

    id: Mapped[Key]
    section_id: Mapped[str] = mapped_column(ForeignKey("sections.id"))
    # Repeats the section's feeder, so that taking the grouping lock needs no join.
    feeder_id: Mapped[str] = mapped_column(ForeignKey("feeders.id"))
    name: Mapped[str]
    customers: Mapped[int] = mapped_column(server_default="0")
    at: Mapped[Place]


class ServicePointRow(Base):
    """Where a home or a shop is connected; the address has both languages."""

    __tablename__ = "service_points"
    __table_args__ = (
        Index("ix_service_points_transformer_id", "transformer_id"),
        Index("ix_service_points_address", "address"),
        Index("ix_service_points_address_en", "address_en"),
        *(
            Index(
                f"ix_service_points_{column}_parts",
                column,
                postgresql_using="gin",
                postgresql_ops={column: "gin_trgm_ops"},
            )
            for column in ("address", "address_en")
        ),
    )

    id: Mapped[Key]
    transformer_id: Mapped[str] = mapped_column(ForeignKey("transformers.id"))
    address: Mapped[str]
    address_en: Mapped[str]
    at: Mapped[Place]


class CustomerRow(Base):
    """Who is supplied at a service point."""

    __tablename__ = "customers"
    __table_args__ = (
        CheckConstraint("key_class IN ('special', '1', '2', 'temporary')", name="key_class"),
        Index("ix_customers_service_point_id", "service_point_id"),
        *(
            Index(
                f"ix_customers_{column}_begins", column, postgresql_ops={column: "text_pattern_ops"}
            )
            for column in ("name", "phone")
        ),
    )

    id: Mapped[Key]
    service_point_id: Mapped[str] = mapped_column(ForeignKey("service_points.id"))
    name: Mapped[str]
    phone: Mapped[str]
    life_support: Mapped[bool] = mapped_column(server_default="false")
    key_class: Mapped[str | None]
