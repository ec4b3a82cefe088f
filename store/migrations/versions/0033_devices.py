"""The device that was confirmed to be open, and the transformers that are dark with it."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

SHOWN = (
    "number", "district_id", "grid_id", "area_class", "stage", "status", "seq", "opened_at",
    "clock_start", "at", "transformer_id", "section_id", "feeder_id", "customers_affected",
    "hazards", "life_support", "key_class", "parent_outage_id", "report_count", "policy_hash",
    "arrival_deadline", "etr", "arrived_at", "restoration_no", "restored_at", "closed_at",
    "known_at", "merged_into",
)  # fmt: skip

# A report from below a confirmed device finds its outage, wherever the first report came from.
LOCK_AND_LOOK = """
CREATE OR REPLACE FUNCTION lock_and_look(
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
        o.id, ST_X(o.at), ST_Y(o.at), o.transformer_id, o.section_id, {transformers},
        o.last_report_at, o.restored_at, o.planned_work_id, o.planned_until,
        work IS NOT NULL AND EXISTS (
            SELECT FROM planned_works w WHERE w.id = work AND w.ended_at IS NULL)
    FROM (SELECT 1) one
    LEFT JOIN idempotency i ON i.subject = asker AND i.key = asked_key
    LEFT JOIN outages o ON o.sealed_at IS NULL
        AND (o.transformer_id = transformer OR o.section_id = section OR o.at && box
            OR o.planned_work_id = work{dark});
END $$
"""
BELOW = {
    "{transformers}": "o.transformers || o.dark_transformers",
    "{dark}": "\n            OR (o.device_id IS NOT NULL"
    " AND o.dark_transformers @> ARRAY[transformer])",
}
AS_BEFORE = {"{transformers}": "o.transformers", "{dark}": ""}


def upgrade() -> None:
    op.add_column("outages", sa.Column("device_id", sa.Text(), nullable=True))
    op.add_column(
        "outages",
        sa.Column("dark_transformers", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )
    op.create_index(
        "ix_outages_open_dark",
        "outages",
        ["dark_transformers"],
        postgresql_using="gin",
        postgresql_where=sa.text("sealed_at IS NULL AND device_id IS NOT NULL"),
    )
    op.execute(_written(BELOW))
    _watch((*SHOWN, "device_id"))


def downgrade() -> None:
    _watch(SHOWN)
    op.execute(_written(AS_BEFORE))
    op.drop_index("ix_outages_open_dark", "outages")
    op.drop_column("outages", "dark_transformers")
    op.drop_column("outages", "device_id")


def _written(parts: dict[str, str]) -> str:
    text = LOCK_AND_LOOK
    for name, part in parts.items():
        text = text.replace(name, part)
    return text


def _watch(columns: tuple[str, ...]) -> None:
    op.execute("DROP TRIGGER note_change_of_outages ON outages")
    op.execute(
        f"CREATE TRIGGER note_change_of_outages AFTER INSERT OR UPDATE OF {', '.join(columns)}"
        " ON outages FOR EACH ROW EXECUTE FUNCTION note_row('outage')"
    )
