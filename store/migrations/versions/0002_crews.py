"""Who repairs: crews, shifts, positions, leases."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crews",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("depot_id", sa.Text(), nullable=False),
        sa.Column("grid_id", sa.Text(), nullable=True),
        sa.Column("skills", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("licences", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.ForeignKeyConstraint(["depot_id"], ["depots.id"], name=op.f("fk_crews_depot_id")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_crews_district_id")
        ),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_crews_grid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crews")),
    )
    op.create_index("ix_crews_district_id", "crews", ["district_id"], unique=False)
    op.create_table(
        "crew_leases",
        sa.Column("crew_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("leased_until", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["crew_id"], ["crews.id"], name=op.f("fk_crew_leases_crew_id")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_crew_leases_district_id")
        ),
        sa.PrimaryKeyConstraint("crew_id", name=op.f("pk_crew_leases")),
    )
    op.create_index("ix_crew_leases_district_id", "crew_leases", ["district_id"], unique=False)
    op.create_table(
        "crew_members",
        sa.Column("crew_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "part IN ('leader', 'safety_officer', 'member')", name=op.f("ck_crew_members_part")
        ),
        sa.ForeignKeyConstraint(["crew_id"], ["crews.id"], name=op.f("fk_crew_members_crew_id")),
        sa.PrimaryKeyConstraint("crew_id", "subject", name=op.f("pk_crew_members")),
    )
    op.create_index("ix_crew_members_subject", "crew_members", ["subject"], unique=False)
    op.create_table(
        "positions",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("crew_id", sa.Text(), nullable=False),
        sa.Column(
            "at",
            Geometry(geometry_type="POINT", srid=4326, spatial_index=False, nullable=False),
            nullable=False,
        ),
        sa.Column("occurred_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("received_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["crew_id"], ["crews.id"], name=op.f("fk_positions_crew_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_positions")),
        sa.UniqueConstraint(
            "crew_id", "device", "occurred_at", name=op.f("uq_positions_crew_id_device_occurred_at")
        ),
    )
    op.create_index(
        "ix_positions_crew_id_occurred_at",
        "positions",
        ["crew_id", sa.literal_column("occurred_at DESC")],
        unique=False,
    )
    op.create_table(
        "shifts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("crew_id", sa.Text(), nullable=False),
        sa.Column("starts_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ends_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("max_duty_s", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_shifts_forward")),
        sa.ForeignKeyConstraint(["crew_id"], ["crews.id"], name=op.f("fk_shifts_crew_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    op.create_index("ix_shifts_crew_id_starts_at", "shifts", ["crew_id", "starts_at"], unique=False)
    op.create_index("ix_shifts_ends_at", "shifts", ["ends_at"], unique=False)


def downgrade() -> None:
    op.drop_table("shifts")
    op.drop_table("positions")
    op.drop_table("crew_members")
    op.drop_table("crew_leases")
    op.drop_table("crews")
