"""Callbacks and their attempts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "callbacks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("outage_id", sa.Text(), nullable=True),
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("restoration_no", sa.Integer(), nullable=False),
        sa.Column("due_from", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("due_by", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'done')", name=op.f("ck_callbacks_state")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_callbacks_district_id")
        ),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.id"], name=op.f("fk_callbacks_outage_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_callbacks_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
        sa.UniqueConstraint(
            "report_id", "restoration_no", name=op.f("uq_callbacks_report_id_restoration_no")
        ),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(
        "ix_callbacks_due",
        "callbacks",
        ["district_id", "next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_callbacks_outage_id_restoration_no",
        "callbacks",
        ["outage_id", "restoration_no"],
        unique=False,
    )
    op.create_table(
        "callback_attempts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("action_id", sa.Text(), nullable=False),
        sa.Column("callback_id", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("contacted_on_arrival", sa.Boolean(), nullable=True),
        sa.Column("commitment_kept", sa.Boolean(), nullable=True),
        sa.Column("satisfied", sa.Boolean(), nullable=True),
        sa.Column("supply", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "result IN ('unanswered', 'answered', 'unreached')",
            name=op.f("ck_callback_attempts_result"),
        ),
        sa.CheckConstraint(
            "supply IN ('on', 'still_off')", name=op.f("ck_callback_attempts_supply")
        ),
        sa.ForeignKeyConstraint(
            ["callback_id"], ["callbacks.id"], name=op.f("fk_callback_attempts_callback_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_attempts")),
        sa.UniqueConstraint("action_id", name=op.f("uq_callback_attempts_action_id")),
    )
    op.create_index(
        "ix_callback_attempts_callback_id", "callback_attempts", ["callback_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("callback_attempts")
    op.drop_table("callbacks")
