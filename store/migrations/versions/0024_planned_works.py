"""Work that was announced, and the orders and reports that it explains."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# As before, and whether the work a report would be told of still stands now that its lock is held.
LOCK_AND_LOOK = """
CREATE FUNCTION lock_and_look(
    keys bigint[], asker text, asked_key text, from_source text, its_id text,
    transformer text, section text, lon float8, lat float8, metres float8, work text
) RETURNS TABLE (
    body_hash text, answer jsonb, known_report text, id text, at_lon float8, at_lat float8,
    transformer_id text, section_id text, transformers text[], last_report_at timestamptz,
    restored_at timestamptz, planned_work_id text, planned_until timestamptz, work_stands boolean
) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    here geometry := ST_SetSRID(ST_MakePoint(lon, lat), 4326);
    box geometry := ST_Expand(
        here, metres / (111320 * greatest(cos(radians(lat)), 0.01)), metres / 110540);
BEGIN
    PERFORM pg_advisory_xact_lock(k) FROM unnest(keys) k;
    RETURN QUERY
    SELECT i.body_hash, i.answer,
        (SELECT r.id FROM reports r WHERE r.source = from_source AND r.external_id = its_id),
        o.id, ST_X(o.at), ST_Y(o.at), o.transformer_id, o.section_id, o.transformers,
        o.last_report_at, o.restored_at, o.planned_work_id, o.planned_until,
        work IS NOT NULL AND EXISTS (
            SELECT FROM planned_works w WHERE w.id = work AND w.ended_at IS NULL)
    FROM (SELECT 1) one
    LEFT JOIN idempotency i ON i.subject = asker AND i.key = asked_key
    LEFT JOIN outages o ON o.sealed_at IS NULL
        AND (o.transformer_id = transformer OR o.section_id = section OR o.at && box
            OR o.planned_work_id = work);
END $$
"""
TEN = "bigint[], text, text, text, text, text, text, float8, float8, float8"
BEFORE = """
CREATE FUNCTION lock_and_look(
    keys bigint[], asker text, asked_key text, from_source text, its_id text,
    transformer text, section text, lon float8, lat float8, metres float8
) RETURNS TABLE (
    body_hash text, answer jsonb, known_report text, id text, at_lon float8, at_lat float8,
    transformer_id text, section_id text, transformers text[], last_report_at timestamptz,
    restored_at timestamptz
) LANGUAGE sql VOLATILE AS $$
    SELECT body_hash, answer, known_report, id, at_lon, at_lat, transformer_id, section_id,
        transformers, last_report_at, restored_at
    FROM lock_and_look($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL)
$$
"""

AS_IT_WAS = """
CREATE FUNCTION lock_and_look(
    keys bigint[], asker text, asked_key text, from_source text, its_id text,
    transformer text, section text, lon float8, lat float8, metres float8
) RETURNS TABLE (
    body_hash text, answer jsonb, known_report text, id text, at_lon float8, at_lat float8,
    transformer_id text, section_id text, transformers text[], last_report_at timestamptz,
    restored_at timestamptz
) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    here geometry := ST_SetSRID(ST_MakePoint(lon, lat), 4326);
    box geometry := ST_Expand(
        here, metres / (111320 * greatest(cos(radians(lat)), 0.01)), metres / 110540);
BEGIN
    PERFORM pg_advisory_xact_lock(k) FROM unnest(keys) k;
    RETURN QUERY
    SELECT i.body_hash, i.answer,
        (SELECT r.id FROM reports r WHERE r.source = from_source AND r.external_id = its_id),
        o.id, ST_X(o.at), ST_Y(o.at), o.transformer_id, o.section_id, o.transformers,
        o.last_report_at, o.restored_at
    FROM (SELECT 1) one
    LEFT JOIN idempotency i ON i.subject = asker AND i.key = asked_key
    LEFT JOIN outages o ON o.sealed_at IS NULL
        AND (o.transformer_id = transformer OR o.section_id = section OR o.at && box);
END $$
"""


def moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, postgresql.TIMESTAMP(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "planned_works",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("transformers", sa.ARRAY(sa.Text()), nullable=False),
        moment("since"),
        moment("until"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("announced_by", sa.Text(), nullable=False),
        moment("announced_at"),
        sa.Column("ended_by", sa.Text(), nullable=True),
        moment("ended_at", nullable=True),
        sa.Column("how", sa.Text(), nullable=True),
        sa.CheckConstraint("until > since", name=op.f("ck_planned_works_ends_after_it_begins")),
        sa.CheckConstraint("transformers <> '{}'", name=op.f("ck_planned_works_somewhere")),
        sa.CheckConstraint("how IN ('done', 'withdrawn')", name=op.f("ck_planned_works_how")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_planned_works_district_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_works")),
    )
    op.create_index(
        "ix_planned_works_transformers",
        "planned_works",
        ["transformers"],
        postgresql_using="gin",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_planned_works_since", "planned_works", ["since"])
    for table in ("outages", "reports"):
        op.add_column(table, sa.Column("planned_work_id", sa.Text(), nullable=True))
        name = op.f(f"fk_{table}_planned_work_id")
        op.create_foreign_key(name, table, "planned_works", ["planned_work_id"], ["id"])
    op.add_column("outages", moment("planned_until", nullable=True))
    op.create_index(
        "ix_outages_open_planned",
        "outages",
        ["planned_work_id"],
        postgresql_where=sa.text("sealed_at IS NULL AND planned_work_id IS NOT NULL"),
    )
    op.execute(LOCK_AND_LOOK)
    # An older api, still running while the new one comes up, goes on taking reports.
    op.execute(f"DROP FUNCTION lock_and_look({TEN})")
    op.execute(BEFORE)


def downgrade() -> None:
    op.execute(f"DROP FUNCTION lock_and_look({TEN})")
    op.execute(f"DROP FUNCTION lock_and_look({TEN}, text)")
    op.execute(AS_IT_WAS)
    op.drop_index("ix_outages_open_planned", "outages")
    op.drop_column("outages", "planned_until")
    for table in ("reports", "outages"):
        op.drop_column(table, "planned_work_id")
    op.drop_table("planned_works")
