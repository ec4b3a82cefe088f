"""Outages by when they were sealed: which of them were open at a moment that is past."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_outages_sealed",
        "outages",
        ["district_id", "sealed_at", "opened_at"],
        postgresql_where=sa.text("sealed_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_outages_sealed", "outages")
