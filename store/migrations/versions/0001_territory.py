"""Where things are: districts, areas and the network."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.create_table(
        "districts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("hotline", sa.Text(), nullable=False),
        sa.Column(
            "area",
            Geometry(geometry_type="MULTIPOLYGON", srid=4326, spatial_index=False, nullable=False),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_districts")),
    )
    op.create_table(
        "depots",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column(
            "at",
            Geometry(geometry_type="POINT", srid=4326, spatial_index=False, nullable=False),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_depots_district_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_depots")),
    )
    op.create_table(
        "grids",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("leader", sa.Text(), nullable=False),
        sa.Column(
            "boundary",
            Geometry(geometry_type="MULTIPOLYGON", srid=4326, spatial_index=False, nullable=False),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_grids_district_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grids")),
    )
    op.create_index(
        "ix_grids_boundary", "grids", ["boundary"], unique=False, postgresql_using="gist"
    )
    op.create_table(
        "service_areas",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("area_class", sa.Text(), nullable=False),
        sa.Column(
            "boundary",
            Geometry(geometry_type="MULTIPOLYGON", srid=4326, spatial_index=False, nullable=False),
            nullable=False,
        ),
        sa.CheckConstraint(
            "area_class IN ('urban', 'rural', 'remote')", name=op.f("ck_service_areas_area_class")
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_service_areas_district_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_areas")),
    )
    op.create_index(
        "ix_service_areas_boundary",
        "service_areas",
        ["boundary"],
        unique=False,
        postgresql_using="gist",
    )
    op.create_table(
        "substations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column(
            "at",
            Geometry(geometry_type="POINT", srid=4326, spatial_index=False, nullable=False),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_substations_district_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substations")),
    )
    op.create_table(
        "feeders",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("substation_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_feeders_district_id")
        ),
        sa.ForeignKeyConstraint(
            ["substation_id"], ["substations.id"], name=op.f("fk_feeders_substation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeders")),
    )
    op.create_table(
        "sections",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("feeder_id", sa.Text(), nullable=False),
        sa.Column("parent_section_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("customers", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "path",
            Geometry(geometry_type="LINESTRING", srid=4326, spatial_index=False, nullable=False),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["feeder_id"], ["feeders.id"], name=op.f("fk_sections_feeder_id")),
        sa.ForeignKeyConstraint(
            ["parent_section_id"], ["sections.id"], name=op.f("fk_sections_parent_section_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sections")),
    )
    op.create_index("ix_sections_feeder_id", "sections", ["feeder_id"], unique=False)
    op.create_index("ix_sections_path", "sections", ["path"], unique=False, postgresql_using="gist")
    op.create_table(
        "transformers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("section_id", sa.Text(), nullable=False),
        sa.Column("feeder_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("customers", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "at",
            Geometry(geometry_type="POINT", srid=4326, spatial_index=False, nullable=False),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["feeder_id"], ["feeders.id"], name=op.f("fk_transformers_feeder_id")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_transformers_section_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transformers")),
    )
    op.create_index(
        "ix_transformers_at", "transformers", ["at"], unique=False, postgresql_using="gist"
    )
    op.create_index("ix_transformers_section_id", "transformers", ["section_id"], unique=False)
    op.create_table(
        "service_points",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("transformer_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_en", sa.Text(), nullable=False),
        sa.Column(
            "at",
            Geometry(geometry_type="POINT", srid=4326, spatial_index=False, nullable=False),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["transformer_id"], ["transformers.id"], name=op.f("fk_service_points_transformer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_points")),
    )
    op.create_index("ix_service_points_address", "service_points", ["address"], unique=False)
    op.create_index("ix_service_points_address_en", "service_points", ["address_en"], unique=False)
    op.create_index(
        "ix_service_points_transformer_id", "service_points", ["transformer_id"], unique=False
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("service_point_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("life_support", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("key_class", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "key_class IN ('special', '1', '2', 'temporary')", name=op.f("ck_customers_key_class")
        ),
        sa.ForeignKeyConstraint(
            ["service_point_id"], ["service_points.id"], name=op.f("fk_customers_service_point_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
    )
    op.create_index(
        "ix_customers_service_point_id", "customers", ["service_point_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("customers")
    op.drop_table("service_points")
    op.drop_table("transformers")
    op.drop_table("sections")
    op.drop_table("feeders")
    op.drop_table("substations")
    op.drop_table("service_areas")
    op.drop_table("grids")
    op.drop_table("depots")
    op.drop_table("districts")
