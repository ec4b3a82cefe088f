"""When a backup was put back here, and which outages lost histories of decisions by it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TIME = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "restorations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("taken_at", TIME, nullable=False),
        sa.Column("restored_at", TIME, nullable=False),
        sa.Column("recovered_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_restorations"),
    )
    op.create_table(
        "lost_histories",
        sa.Column("outage_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("noted_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.id"], name="fk_lost_histories_outage_id"),
        sa.PrimaryKeyConstraint("outage_id", name="pk_lost_histories"),
    )


def downgrade() -> None:
    op.drop_table("lost_histories")
    op.drop_table("restorations")
