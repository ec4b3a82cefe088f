"""What people said: policies, outages, reports."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SEQUENCES = {"report_numbers": 100001, "outage_numbers": 1001, "report_seqs": 1}


def upgrade() -> None:
    for name, start in SEQUENCES.items():
        op.execute(f"CREATE SEQUENCE {name} START {start}")
    op.create_table(
        "policies",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_policies")),
    )
    op.create_table(
        "outages",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column(
            "number",
            sa.BigInteger(),
            server_default=sa.text("nextval('outage_numbers')"),
            nullable=False,
        ),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("grid_id", sa.Text(), nullable=True),
        sa.Column("area_class", sa.Text(), nullable=False),
        sa.Column("policy_hash", sa.Text(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("opened_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("clock_start", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column(
            "at",
            Geometry(geometry_type="POINT", srid=4326, spatial_index=False, nullable=False),
            nullable=False,
        ),
        sa.Column("transformer_id", sa.Text(), nullable=True),
        sa.Column("section_id", sa.Text(), nullable=True),
        sa.Column("feeder_id", sa.Text(), nullable=True),
        sa.Column("transformers", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("customers_affected", sa.Integer(), server_default="1", nullable=False),
        sa.Column("hazards", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("life_support", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("key_class", sa.Text(), nullable=True),
        sa.Column("parent_outage_id", sa.Text(), nullable=True),
        sa.Column("report_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("report_watermark", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("hazards_watermark", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_report_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("signalled_watermark", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("signalled_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("acked_watermark", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sealed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("stage", sa.Text(), server_default="predicted", nullable=False),
        sa.Column("status", sa.Text(), server_default="predicted", nullable=False),
        sa.Column("seq", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("state_digest", sa.Text(), nullable=True),
        sa.Column("arrival_deadline", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("etr", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("arrived_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("restoration_no", sa.Integer(), server_default="0", nullable=False),
        sa.Column("restored_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("closed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("known_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_outages_district_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_outage_id"], ["outages.id"], name=op.f("fk_outages_parent_outage_id")
        ),
        sa.ForeignKeyConstraint(
            ["policy_hash"], ["policies.hash"], name=op.f("fk_outages_policy_hash")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outages")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index("ix_outages_at", "outages", ["at"], unique=False, postgresql_using="gist")
    op.create_index("ix_outages_closed_at", "outages", ["closed_at"], unique=False)
    op.create_index(
        "ix_outages_district_id_number",
        "outages",
        ["district_id", sa.literal_column("number DESC")],
        unique=False,
    )
    op.create_index("ix_outages_number", "outages", ["number"], unique=True)
    op.create_index(
        "ix_outages_open_at",
        "outages",
        ["at"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("sealed_at IS NULL"),
    )
    op.create_index(
        "ix_outages_open_district",
        "outages",
        ["district_id"],
        unique=False,
        postgresql_where=sa.text("sealed_at IS NULL"),
    )
    op.create_index(
        "ix_outages_open_section",
        "outages",
        ["section_id"],
        unique=False,
        postgresql_where=sa.text("sealed_at IS NULL"),
    )
    op.create_index(
        "ix_outages_open_transformer",
        "outages",
        ["transformer_id"],
        unique=False,
        postgresql_where=sa.text("sealed_at IS NULL"),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column(
            "number",
            sa.BigInteger(),
            server_default=sa.text("nextval('report_numbers')"),
            nullable=False,
        ),
        sa.Column(
            "seq", sa.BigInteger(), server_default=sa.text("nextval('report_seqs')"), nullable=False
        ),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("reporter_name", sa.Text(), nullable=True),
        sa.Column("reporter_phone", sa.Text(), nullable=True),
        sa.Column("reporter_is_customer", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("service_point_id", sa.Text(), nullable=True),
        sa.Column("transformer_id", sa.Text(), nullable=True),
        sa.Column("section_id", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column(
            "at",
            Geometry(geometry_type="POINT", srid=4326, spatial_index=False, nullable=False),
            nullable=False,
        ),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("hazards", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("life_support", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("first_owner", sa.Text(), nullable=False),
        sa.Column("occurred_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("received_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("outage_id", sa.Text(), nullable=True),
        sa.Column("promised_arrival_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("outcome_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("first_owner <> ''", name=op.f("ck_reports_first_owner")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_reports_district_id")
        ),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.id"], name=op.f("fk_reports_outage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index(
        "ix_reports_district_id_number",
        "reports",
        ["district_id", sa.literal_column("number DESC")],
        unique=False,
    )
    op.create_index(
        "ix_reports_no_outcome",
        "reports",
        ["outage_id"],
        unique=False,
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_index("ix_reports_number", "reports", ["number"], unique=True)
    op.create_index("ix_reports_outage_id_seq", "reports", ["outage_id", "seq"], unique=False)
    op.create_index(
        "uq_reports_source_external_id",
        "reports",
        ["source", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("reports")
    op.drop_table("outages")
    op.drop_table("policies")
    for name in SEQUENCES:
        op.execute(f"DROP SEQUENCE {name}")
