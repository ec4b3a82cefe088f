"""The land around the network, and the devices that switch it."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def shape(name: str, kind: str) -> sa.Column:
    return sa.Column(
        name,
        Geometry(geometry_type=kind, srid=4326, spatial_index=False, nullable=False),
        nullable=False,
    )


def names() -> list[sa.Column]:
    return [sa.Column(each, sa.Text(), nullable=True) for each in ("name", "name_en", "name_zh")]


def upgrade() -> None:
    op.create_table(
        "land",
        sa.Column("single", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=False),
        shape("bounds", "MULTIPOLYGON"),
        sa.Column("loaded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("single", name=op.f("ck_land_single")),
        sa.PrimaryKeyConstraint("single", name=op.f("pk_land")),
    )
    op.create_table(
        "streets",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        *names(),
        sa.Column("oneway", sa.Boolean(), nullable=False),
        sa.Column("maxspeed_kmh", sa.Float(), nullable=True),
        shape("path", "LINESTRING"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_streets")),
    )
    op.create_table(
        "surfaces",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        *names(),
        shape("shape", "MULTIPOLYGON"),
        sa.PrimaryKeyConstraint("id", "kind", name=op.f("pk_surfaces")),
    )
    op.create_table(
        "courses",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        *names(),
        shape("path", "LINESTRING"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses")),
    )
    op.create_table(
        "settlements",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        *names(),
        sa.Column("population", sa.Integer(), nullable=True),
        shape("at", "POINT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlements")),
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("section_id", sa.Text(), nullable=False),
        sa.Column("tie_section_id", sa.Text(), nullable=True),
        sa.Column("normally_open", sa.Boolean(), server_default="false", nullable=False),
        shape("at", "POINT"),
        sa.CheckConstraint(
            "kind IN ('breaker', 'recloser', 'switch', 'fuse')", name=op.f("ck_devices_kind")
        ),
        sa.CheckConstraint(
            "normally_open = (tie_section_id IS NOT NULL)",
            name=op.f("ck_devices_open_where_it_ties"),
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_devices_section_id")
        ),
        sa.ForeignKeyConstraint(
            ["tie_section_id"], ["sections.id"], name=op.f("fk_devices_tie_section_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
    )
    for table, column in (
        ("streets", "path"),
        ("surfaces", "shape"),
        ("courses", "path"),
        ("settlements", "at"),
        ("devices", "at"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column], postgresql_using="gist")
    op.create_index("ix_devices_section_id", "devices", ["section_id"])


def downgrade() -> None:
    for table in ("devices", "settlements", "courses", "surfaces", "streets", "land"):
        op.drop_table(table)
