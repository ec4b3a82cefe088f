"""What was decided: tasks, events, facts, verdicts, pages."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pages",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("dedup_key", sa.Text(), nullable=False),
        sa.Column("outage_id", sa.Text(), nullable=True),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("ladder", sa.Text(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("to_role", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("overtaken", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("acked_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("acked_by", sa.Text(), nullable=True),
        sa.Column("known_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_pages_dedup_key")),
    )
    op.create_index(
        "ix_pages_inbox",
        "pages",
        ["district_id", "to_role", "at"],
        unique=False,
        postgresql_where=sa.text("acked_at IS NULL"),
    )
    op.create_index("ix_pages_outage_id", "pages", ["outage_id"], unique=False)
    op.create_table(
        "field_facts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("outage_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=True),
        sa.Column("crew_id", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("device_seq", sa.BigInteger(), nullable=False),
        sa.Column("action_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("received_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column(
            "at", Geometry(geometry_type="POINT", srid=4326, spatial_index=False), nullable=True
        ),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("verdict_code", sa.Text(), nullable=True),
        sa.Column("judged_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "verdict IN ('accepted', 'refused')", name=op.f("ck_field_facts_verdict")
        ),
        sa.ForeignKeyConstraint(
            ["outage_id"], ["outages.id"], name=op.f("fk_field_facts_outage_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_facts")),
        sa.UniqueConstraint("device", "device_seq", name=op.f("uq_field_facts_device_device_seq")),
    )
    op.create_index("ix_field_facts_outage_id", "field_facts", ["outage_id"], unique=False)
    op.create_table(
        "outage_events",
        sa.Column("outage_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("occurred_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("crew_id", sa.Text(), nullable=True),
        sa.Column("action_id", sa.Text(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("known_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["outage_id"], ["outages.id"], name=op.f("fk_outage_events_outage_id")
        ),
        sa.PrimaryKeyConstraint("outage_id", "seq", name=op.f("pk_outage_events")),
    )
    op.create_index(
        "ix_outage_events_action_id",
        "outage_events",
        ["outage_id", "action_id"],
        unique=False,
        postgresql_where=sa.text("action_id IS NOT NULL"),
    )
    op.create_table(
        "outage_hands",
        sa.Column("outage_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "part IN ('dispatcher', 'executor', 'leader')", name=op.f("ck_outage_hands_part")
        ),
        sa.ForeignKeyConstraint(
            ["outage_id"], ["outages.id"], name=op.f("fk_outage_hands_outage_id")
        ),
        sa.PrimaryKeyConstraint("outage_id", "subject", "part", name=op.f("pk_outage_hands")),
    )
    op.create_index("ix_outage_hands_subject", "outage_hands", ["subject"], unique=False)
    op.create_table(
        "restoration_steps",
        sa.Column("outage_id", sa.Text(), nullable=False),
        sa.Column("restoration_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("occurred_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("known_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["outage_id"], ["outages.id"], name=op.f("fk_restoration_steps_outage_id")
        ),
        sa.PrimaryKeyConstraint(
            "outage_id", "restoration_no", "step_no", name=op.f("pk_restoration_steps")
        ),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("outage_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("crew_id", sa.Text(), nullable=True),
        sa.Column("assignment_epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("eta", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("skills", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("licences", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("plan_hash", sa.Text(), nullable=True),
        sa.Column("assigned_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("arrived_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("finished_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("known_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.id"], name=op.f("fk_tasks_outage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index("ix_tasks_crew_id", "tasks", ["crew_id"], unique=False)
    op.create_index("ix_tasks_outage_id", "tasks", ["outage_id"], unique=False)
    op.create_index(
        "ix_tasks_unfinished_crew",
        "tasks",
        ["crew_id"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "verdicts",
        sa.Column("outage_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("amended", sa.Boolean(), nullable=False),
        sa.Column("known_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.id"], name=op.f("fk_verdicts_outage_id")),
        sa.PrimaryKeyConstraint("outage_id", "version", name=op.f("pk_verdicts")),
    )


def downgrade() -> None:
    op.drop_table("verdicts")
    op.drop_table("tasks")
    op.drop_table("restoration_steps")
    op.drop_table("outage_hands")
    op.drop_table("outage_events")
    op.drop_table("field_facts")
    op.drop_table("pages")
