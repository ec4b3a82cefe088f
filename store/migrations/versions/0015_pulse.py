"""Indexes that keep the numbers for Prometheus cheap when years of outages are stored."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_outages_arrival_deadline", "outages", ["arrival_deadline"])
    op.create_index(
        "ix_outages_projection_alarm",
        "outages",
        ["id"],
        postgresql_where=sa.text("projection_alarm IS NOT NULL"),
    )
    op.create_index(
        "ix_field_facts_unjudged",
        "field_facts",
        ["received_at"],
        postgresql_where=sa.text("verdict IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_field_facts_unjudged", "field_facts")
    op.drop_index("ix_outages_projection_alarm", "outages")
    op.drop_index("ix_outages_arrival_deadline", "outages")
