"""What changed, noted by triggers on every row that screens show; the live feed reads it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NOTE_ROW = """
CREATE FUNCTION note_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO changes (kind, key, districts)
    VALUES (TG_ARGV[0], NEW.id, ARRAY[NEW.district_id]);
    RETURN NULL;
END $$
"""
NOTE_BOARD = """
CREATE FUNCTION note_board() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO changes (kind, key, districts)
    VALUES ('board', NEW.district_id, ARRAY[NEW.district_id]);
    RETURN NULL;
END $$
"""
NOTE_VERDICT = """
CREATE FUNCTION note_verdict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO changes (kind, key, districts)
    SELECT 'outage', o.id, ARRAY[o.district_id] FROM outages o WHERE o.id = NEW.outage_id;
    RETURN NULL;
END $$
"""
# A try is added together with its callback; afterwards only its note may go.
NOTE_ATTEMPT = """
CREATE FUNCTION note_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO changes (kind, key, districts)
    SELECT 'callback', c.id, ARRAY[c.district_id] FROM callbacks c WHERE c.id = NEW.callback_id;
    RETURN NULL;
END $$
"""
# A lent crew concerns two districts, and the one that gives it back as well.
NOTE_CREW = """
CREATE FUNCTION note_crew(crew text, further text[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO changes (kind, key, districts)
    SELECT 'crew', c.id, array_remove(ARRAY[c.district_id, l.district_id] || further, NULL)
    FROM crews c LEFT JOIN crew_leases l ON l.crew_id = c.id
    WHERE c.id = crew
$$
"""
NOTE_CREW_ROW = """
CREATE FUNCTION note_crew_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'crews' THEN
        PERFORM note_crew(NEW.id, ARRAY[CASE WHEN TG_OP = 'UPDATE' THEN OLD.district_id END]);
    ELSIF TG_TABLE_NAME = 'crew_leases' THEN
        PERFORM note_crew(NEW.crew_id, ARRAY[CASE WHEN TG_OP = 'UPDATE' THEN OLD.district_id END]);
    ELSE
        IF TG_OP <> 'INSERT' AND OLD.crew_id IS NOT NULL THEN
            PERFORM note_crew(OLD.crew_id, '{}');
        END IF;
        IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.crew_id IS DISTINCT FROM OLD.crew_id) THEN
            PERFORM note_crew(NEW.crew_id, '{}');
        END IF;
    END IF;
    RETURN NULL;
END $$
"""
# A phone sends many fixes at once; the crew moved once.
NOTE_POSITIONS = """
CREATE FUNCTION note_positions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM note_crew(crew_id, '{}') FROM (SELECT DISTINCT crew_id FROM added) moved;
    RETURN NULL;
END $$
"""
FUNCTIONS = (
    NOTE_ROW, NOTE_BOARD, NOTE_VERDICT, NOTE_ATTEMPT, NOTE_CREW, NOTE_CREW_ROW, NOTE_POSITIONS,
)  # fmt: skip

# What screens show of a row: an update of anything else is not told.
OUTAGE = (
    "number", "district_id", "grid_id", "area_class", "stage", "status", "seq", "opened_at",
    "clock_start", "at", "transformer_id", "section_id", "feeder_id", "customers_affected",
    "hazards", "life_support", "key_class", "parent_outage_id", "report_count", "policy_hash",
    "arrival_deadline", "etr", "arrived_at", "restoration_no", "restored_at", "closed_at",
    "known_at",
)  # fmt: skip
REPORT = (
    "number", "seq", "district_id", "channel", "source", "external_id", "reporter_name",
    "reporter_phone", "reporter_is_customer", "customer_id", "service_point_id", "transformer_id",
    "section_id", "address", "at", "scope", "hazards", "life_support", "note", "first_owner",
    "occurred_at", "received_at", "outage_id", "promised_arrival_at", "outcome", "outcome_at",
    "forgotten_at",
)  # fmt: skip
CALLBACK = (
    "outage_id", "report_id", "district_id", "restoration_no", "due_from", "due_by", "state",
    "outcome", "attempts", "next_attempt_at", "claimed_by",
)  # fmt: skip
PAGE = (
    "dedup_key", "outage_id", "district_id", "ladder", "rung", "to_role", "body", "at",
    "overtaken", "acked_at", "acked_by",
)  # fmt: skip
TASK = ("crew_id", "state", "outage_id", "eta", "arrived_at", "finished_at")

EACH = "FOR EACH ROW EXECUTE FUNCTION"
TRIGGERS = {
    "outages": f"AFTER INSERT OR UPDATE OF {', '.join(OUTAGE)} ON outages"
    f" {EACH} note_row('outage')",
    "reports": f"AFTER INSERT OR UPDATE OF {', '.join(REPORT)} ON reports"
    f" {EACH} note_row('report')",
    "callbacks": f"AFTER INSERT OR UPDATE OF {', '.join(CALLBACK)} ON callbacks"
    f" {EACH} note_row('callback')",
    "pages": f"AFTER INSERT OR UPDATE OF {', '.join(PAGE)} ON pages {EACH} note_row('page')",
    "callback_attempts": f"AFTER UPDATE ON callback_attempts {EACH} note_attempt()",
    "verdicts": f"AFTER INSERT ON verdicts {EACH} note_verdict()",
    "boards": f"AFTER INSERT OR UPDATE ON boards {EACH} note_board()",
    "board_orders": f"AFTER INSERT OR UPDATE ON board_orders {EACH} note_board()",
    "plan_runs": f"AFTER INSERT OR UPDATE ON plan_runs {EACH} note_board()",
    "crews": f"AFTER INSERT OR UPDATE ON crews {EACH} note_crew_row()",
    "crew_members": f"AFTER INSERT OR UPDATE OR DELETE ON crew_members {EACH} note_crew_row()",
    "crew_leases": f"AFTER INSERT OR UPDATE ON crew_leases {EACH} note_crew_row()",
    "shifts": f"AFTER INSERT OR UPDATE OR DELETE ON shifts {EACH} note_crew_row()",
    "tasks": f"AFTER INSERT OR DELETE OR UPDATE OF {', '.join(TASK)} ON tasks"
    f" {EACH} note_crew_row()",
    "positions": "AFTER INSERT ON positions REFERENCING NEW TABLE AS added"
    " FOR EACH STATEMENT EXECUTE FUNCTION note_positions()",
}


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column(
            "xid",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("districts", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "noted_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("xid", "id", name="pk_changes"),
    )
    # The oldest row is the edge of what is kept: a reader who stands before it has missed something.
    op.execute("INSERT INTO changes (kind, key, districts) VALUES ('edge', '', '{}')")
    for function in FUNCTIONS:
        op.execute(function)
    for table, when in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER note_change_of_{table} {when}")
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE ON changes"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    for table in TRIGGERS:
        op.execute(f"DROP TRIGGER note_change_of_{table} ON {table}")
    op.drop_table("changes")
    for function in (
        "note_positions()",
        "note_crew_row()",
        "note_crew(text, text[])",
        "note_attempt()",
        "note_verdict()",
        "note_board()",
        "note_row()",
    ):
        op.execute(f"DROP FUNCTION {function}")
