"""One audited way for personal data to go, and commitments to what reporters said."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# An erasure belongs to the transaction that wrote it: nothing goes that was not noted by it.
# Transaction numbers start anew in a restored database, so the transaction's time counts too.
NOTE_ERASURE = """
CREATE FUNCTION note_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.noted_at := transaction_timestamp();
    NEW.txid := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$
"""

ERASING = """
CREATE FUNCTION erasing(what text, old_enough timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM erasures e
        WHERE e.txid = pg_current_xact_id()::text::bigint
          AND e.noted_at = transaction_timestamp() AND e.rule = what
          AND (old_enough IS NULL OR old_enough < e.before))
$$
"""

LET_POSITION_GO = """
CREATE FUNCTION let_position_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND erasing('positions', OLD.received_at) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'append_only' USING ERRCODE = 'RL001', DETAIL = TG_TABLE_NAME;
END $$
"""

LET_NOTE_GO = """
CREATE FUNCTION let_note_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.note IS NULL
        AND to_jsonb(NEW) - 'note' = to_jsonb(OLD) - 'note' AND erasing('persons', NULL)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'append_only' USING ERRCODE = 'RL001', DETAIL = TG_TABLE_NAME;
END $$
"""

PERSON = (
    "reporter_name", "reporter_phone", "customer_id", "service_point_id", "address", "note",
    "external_id", "source", "at", "salt", "commitment", "forgotten_at",
)  # fmt: skip
EMPTIED = (*PERSON[:7], "salt")

KEEP_REPORT = f"""
CREATE FUNCTION keep_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF ({", ".join(f"NEW.{name}" for name in PERSON)})
            IS NOT DISTINCT FROM ({", ".join(f"OLD.{name}" for name in PERSON)})
        THEN
            RETURN NEW;
        END IF;
        IF num_nonnulls({", ".join(f"NEW.{name}" for name in EMPTIED)}) = 0
            AND NEW.forgotten_at IS NOT NULL
            AND NEW.commitment IS NOT DISTINCT FROM OLD.commitment
            AND NEW.source IN (OLD.source, 'customer') AND erasing('persons', NULL)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'append_only' USING ERRCODE = 'RL001', DETAIL = TG_TABLE_NAME;
END $$
"""
FUNCTIONS = (NOTE_ERASURE, ERASING, LET_POSITION_GO, LET_NOTE_GO, KEEP_REPORT)


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("before", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("noted_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("txid", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index("ix_erasures_txid", "erasures", ["txid"], unique=False)
    op.create_index("ix_erasures_rule_noted_at", "erasures", ["rule", "noted_at"], unique=False)
    op.create_table(
        "forgotten",
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("erasure_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["erasure_id"], ["erasures.id"], name=op.f("fk_forgotten_erasure_id")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_forgotten")),
    )
    op.add_column("reports", sa.Column("salt", sa.LargeBinary(), nullable=True))
    op.add_column("reports", sa.Column("commitment", sa.Text(), nullable=True))
    op.add_column(
        "reports",
        sa.Column("forgotten_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
    )
    op.create_index(
        "ix_positions_received_at", "positions", ["received_at"], postgresql_using="brin"
    )
    op.create_index("ix_documents_stored_at", "documents", ["stored_at"], postgresql_using="brin")
    for function in FUNCTIONS:
        op.execute(function)
    op.execute(
        "CREATE TRIGGER note_erasure BEFORE INSERT ON erasures"
        " FOR EACH ROW EXECUTE FUNCTION note_erasure()"
    )
    for table in ("erasures", "forgotten"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    _guard("positions", "append_only", "let_position_go", "UPDATE OR DELETE")
    _guard("callback_attempts", "append_only", "let_note_go", "UPDATE OR DELETE")
    # Only where a person's column is written at all: outcomes and moves stay as cheap as before.
    op.execute(
        f"CREATE TRIGGER keep_report BEFORE DELETE OR UPDATE OF {', '.join(PERSON)} ON reports"
        " FOR EACH ROW EXECUTE FUNCTION keep_report()"
    )


def _guard(table: str, trigger: str, function: str, when: str) -> None:
    op.execute(f"DROP TRIGGER IF EXISTS {trigger} ON {table}")
    op.execute(
        f"CREATE TRIGGER {trigger} BEFORE {when} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {function}()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER keep_report ON reports")
    for table in ("positions", "callback_attempts"):
        _guard(table, "append_only", "refuse_change", "UPDATE OR DELETE")
    op.drop_index("ix_documents_stored_at", "documents")
    op.drop_index("ix_positions_received_at", "positions")
    op.drop_table("forgotten")
    op.drop_table("erasures")
    op.execute("DROP FUNCTION keep_report, let_note_go, let_position_go, note_erasure")
    op.execute("DROP FUNCTION erasing(text, timestamptz)")
    for column in ("forgotten_at", "commitment", "salt"):
        op.drop_column("reports", column)
