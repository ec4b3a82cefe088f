"""Taking the grouping locks and looking at what stands there, in one step."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Volatile, so that the look has a snapshot of its own, taken after the locks were got. Each
# arm over open outages has its own partial index; together they are one bitmap.
LOCK_AND_LOOK = """
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
SIGNATURE = "bigint[], text, text, text, text, text, text, float8, float8, float8"


def upgrade() -> None:
    op.execute(LOCK_AND_LOOK)


def downgrade() -> None:
    op.execute(f"DROP FUNCTION lock_and_look({SIGNATURE})")
