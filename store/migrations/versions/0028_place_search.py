"""Indexes by which a caller's home is found: parts of addresses, beginnings of numbers and names."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Trusted since PostgreSQL 13: the owner of a database may add it.
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for column in ("address", "address_en"):
        op.create_index(
            f"ix_service_points_{column}_parts",
            "service_points",
            [column],
            postgresql_using="gin",
            postgresql_ops={column: "gin_trgm_ops"},
        )
    for column in ("name", "phone"):
        op.create_index(
            f"ix_customers_{column}_begins",
            "customers",
            [column],
            postgresql_ops={column: "text_pattern_ops"},
        )
    for column in ("service_point_id", "reporter_phone"):
        op.create_index(
            f"ix_reports_{column}_lately",
            "reports",
            [column, "received_at"],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )


def downgrade() -> None:
    for column in ("service_point_id", "reporter_phone"):
        op.drop_index(f"ix_reports_{column}_lately", "reports")
    for column in ("name", "phone"):
        op.drop_index(f"ix_customers_{column}_begins", "customers")
    for column in ("address", "address_en"):
        op.drop_index(f"ix_service_points_{column}_parts", "service_points")
