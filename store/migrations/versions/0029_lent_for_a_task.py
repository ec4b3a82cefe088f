"""Crews lent for a task, and what a board has begun to give to a crew."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


# A lease whose time is over still runs while the crew has work of the borrower in hand.
LEASE_RUNS = """
CREATE FUNCTION lease_runs(l crew_leases, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(l.leased_until > at, false) OR EXISTS (
        SELECT 1 FROM tasks t JOIN outages o ON o.id = t.outage_id
        WHERE t.crew_id = l.crew_id AND o.district_id = l.district_id
          AND t.state NOT IN ('queued', 'done', 'cancelled'))
$$
"""
# What a board gave a crew counts before the rows know of it.
CREW_IS_BUSY = """
CREATE FUNCTION crew_is_busy(crew text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM tasks t
        WHERE t.crew_id = crew AND t.state NOT IN ('queued', 'done', 'cancelled')
    ) OR EXISTS (
        SELECT 1 FROM crew_claims k LEFT JOIN tasks t ON t.id = k.task_id
        LEFT JOIN outages o ON o.id = t.outage_id
        WHERE k.crew_id = crew AND coalesce(t.state, '') NOT IN ('done', 'cancelled')
          AND (k.outage_seq IS NULL OR o.seq < k.outage_seq))
$$
"""


def upgrade() -> None:
    op.add_column("crew_leases", sa.Column("for_task", sa.Text(), nullable=True))
    op.create_table(
        "crew_claims",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("crew_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("outage_seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["crew_id"], ["crews.id"], name=op.f("fk_crew_claims_crew_id")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_crew_claims_district_id")
        ),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_crew_claims")),
    )
    op.create_index("ix_crew_claims_crew_id", "crew_claims", ["crew_id"])
    op.execute(LEASE_RUNS)
    op.execute(CREW_IS_BUSY)


def downgrade() -> None:
    op.execute("DROP FUNCTION lease_runs(crew_leases, timestamptz)")
    op.execute("DROP FUNCTION crew_is_busy(text)")
    op.drop_table("crew_claims")
    op.drop_column("crew_leases", "for_task")
