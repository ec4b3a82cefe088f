"""What the database itself refuses: rewriting what was said, and judging one's own work."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

APPEND_ONLY = ("positions", "outage_events", "verdicts", "callback_attempts")

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append_only' USING ERRCODE = 'RL001', DETAIL = TG_TABLE_NAME;
END $$
"""

KEEP_FACT = """
CREATE FUNCTION keep_fact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{verdict,verdict_code,judged_at}'::text[]
        IS DISTINCT FROM to_jsonb(OLD) - '{verdict,verdict_code,judged_at}'::text[]
    THEN
        RAISE EXCEPTION 'append_only' USING ERRCODE = 'RL001', DETAIL = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$
"""

# Hands are written when events are stored; the other three sources hold even where that
# has not happened yet.
HAD_A_HAND = """
CREATE FUNCTION had_a_hand(agent text, outage text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM outage_hands h WHERE h.outage_id = outage AND h.subject = agent
    ) OR EXISTS (
        SELECT FROM field_facts f WHERE f.outage_id = outage AND f.subject = agent
    ) OR EXISTS (
        SELECT FROM tasks t JOIN crew_members m ON m.crew_id = t.crew_id
        WHERE t.outage_id = outage AND m.subject = agent
    ) OR EXISTS (
        SELECT FROM outage_events e JOIN crew_members m ON m.crew_id = e.body ->> 'crew'
        WHERE e.outage_id = outage AND e.kind = 'task_assigned' AND m.subject = agent
    )
$$
"""

JUDGE_OTHERS_ONLY = """
CREATE FUNCTION judge_others_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    judged text;
    judge text;
BEGIN
    IF TG_TABLE_NAME = 'callback_attempts' THEN
        judge := NEW.agent;
        SELECT c.outage_id INTO judged FROM callbacks c WHERE c.id = NEW.callback_id;
    ELSE
        judge := NEW.claimed_by;
        judged := NEW.outage_id;
    END IF;
    IF judge IS NOT NULL AND judged IS NOT NULL AND had_a_hand(judge, judged) THEN
        RAISE EXCEPTION 'executor_may_not_judge' USING ERRCODE = 'RL002';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    for function in (REFUSE_CHANGE, KEEP_FACT, HAD_A_HAND, JUDGE_OTHERS_ONLY):
        op.execute(function)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        "CREATE TRIGGER keep_fact BEFORE UPDATE ON field_facts"
        " FOR EACH ROW EXECUTE FUNCTION keep_fact()"
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE DELETE ON field_facts"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER judge_others_only BEFORE INSERT ON callback_attempts"
        " FOR EACH ROW EXECUTE FUNCTION judge_others_only()"
    )
    op.execute(
        "CREATE TRIGGER judge_others_only BEFORE INSERT OR UPDATE OF claimed_by ON callbacks"
        " FOR EACH ROW EXECUTE FUNCTION judge_others_only()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER judge_others_only ON callbacks")
    op.execute("DROP TRIGGER judge_others_only ON callback_attempts")
    op.execute("DROP TRIGGER append_only ON field_facts")
    op.execute("DROP TRIGGER keep_fact ON field_facts")
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER append_only ON {table}")
    for function in ("judge_others_only", "had_a_hand", "keep_fact", "refuse_change"):
        op.execute(f"DROP FUNCTION {function}")
