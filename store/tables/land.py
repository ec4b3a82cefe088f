"""The land: streets, surfaces, courses and settlements, as the map shows them."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Area, Base, BigInt, Path, Place


class LandRow(Base):
    """Which land is loaded: one row; `digest` is the version of everything drawn from it."""

    __tablename__ = "land"
    __table_args__ = (CheckConstraint("single", name="single"),)

    single: Mapped[bool] = mapped_column(Boolean, primary_key=True, server_default=text("true"))
    digest: Mapped[str]
    name: Mapped[str]
    source: Mapped[str]
    attribution: Mapped[str]
    bounds: Mapped[Area]
    loaded_at: Mapped[datetime]


class Named:
    """What a place is called: as on its signs, in English, in Chinese."""

    name: Mapped[str | None]
    name_en: Mapped[str | None]
    name_zh: Mapped[str | None]


class StreetRow(Named, Base):
    """A street; closed to traffic or not is not said here."""

    __tablename__ = "streets"
    __table_args__ = (Index("ix_streets_path", "path", postgresql_using="gist"),)

    id: Mapped[BigInt] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    oneway: Mapped[bool]
    maxspeed_kmh: Mapped[float | None]
    path: Mapped[Path]


class SurfaceRow(Named, Base):
    """An area of the map: a building, water, wood."""

    __tablename__ = "surfaces"
    __table_args__ = (Index("ix_surfaces_shape", "shape", postgresql_using="gist"),)

    id: Mapped[BigInt] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    shape: Mapped[Area]


class CourseRow(Named, Base):
    """A line that nobody drives on: a river, a railway."""

    __tablename__ = "courses"
    __table_args__ = (Index("ix_courses_path", "path", postgresql_using="gist"),)

    id: Mapped[BigInt] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    path: Mapped[Path]


class SettlementRow(Named, Base):
    """A town, village or part of one, as a name on the map."""

    __tablename__ = "settlements"
    __table_args__ = (Index("ix_settlements_at", "at", postgresql_using="gist"),)

    id: Mapped[BigInt] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    population: Mapped[int | None]
    at: Mapped[Place]
