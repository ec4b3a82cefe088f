"""An alarm on an outage whose stored events and given events disagree."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outages", sa.Column("projection_alarm", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("outages", "projection_alarm")
