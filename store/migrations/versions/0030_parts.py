"""Parts that crews carry and work uses up; where a crew was last and who is in it, said once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

# What was told less what work done since has used up.
CREW_CARRIES = """
CREATE FUNCTION crew_carries(of_crew text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT (
        SELECT coalesce(jsonb_object_agg(told.key,
            greatest(0, told.value::bigint - coalesce(used.total, 0))), '{}')
        FROM jsonb_each_text(s.parts) told
        LEFT JOIN (
            SELECT n.key, sum(n.value::bigint) AS total
            FROM tasks t CROSS JOIN LATERAL jsonb_each_text(t.parts) n
            WHERE t.crew_id = of_crew AND t.parts <> '{}' AND t.state = 'done'
              AND t.finished_at > s.told_at
            GROUP BY n.key
        ) used ON used.key = told.key
    )
    FROM crew_stocks s WHERE s.crew_id = of_crew
$$
"""
LAST_POSITION = """
CREATE FUNCTION last_position(of_crew text, moment timestamptz) RETURNS SETOF positions
LANGUAGE sql STABLE AS $$
    SELECT p.* FROM positions p WHERE p.crew_id = of_crew AND p.occurred_at <= moment
    ORDER BY p.occurred_at DESC LIMIT 1
$$
"""
CREW_PEOPLE = """
CREATE FUNCTION crew_people(of_crew text)
RETURNS TABLE (size bigint, has_leader boolean, has_safety_officer boolean)
LANGUAGE sql STABLE AS $$
    SELECT greatest(count(*), 1), coalesce(bool_or(m.part = 'leader'), false),
           coalesce(bool_or(m.part = 'safety_officer'), false)
    FROM crew_members m WHERE m.crew_id = of_crew
$$
"""
# Whole numbers from none up, by name.
COUNTED = """
jsonb_typeof(parts) = 'object'
AND NOT jsonb_path_exists(parts, '$.* ? (@.type() != "number")')
AND NOT jsonb_path_exists(parts, '$.* ? (@ < {least} || @ > 1000000 || @.floor() != @)')
"""


def _parts() -> sa.Column[str]:
    return sa.Column("parts", postgresql.JSONB(), server_default="{}", nullable=False)


def upgrade() -> None:
    op.create_table(
        "crew_stocks",
        sa.Column("crew_id", sa.Text(), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("told_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("told_by", sa.Text(), nullable=False),
        sa.CheckConstraint(COUNTED.format(least=0), name=op.f("ck_crew_stocks_counted")),
        sa.ForeignKeyConstraint(["crew_id"], ["crews.id"], name=op.f("fk_crew_stocks_crew_id")),
        sa.PrimaryKeyConstraint("crew_id", name=op.f("pk_crew_stocks")),
    )
    op.add_column("tasks", _parts())
    op.create_check_constraint(op.f("ck_tasks_counted"), "tasks", COUNTED.format(least=1))
    op.create_index(
        "ix_tasks_used_parts",
        "tasks",
        ["crew_id", "finished_at"],
        postgresql_where=sa.text("parts <> '{}'"),
    )
    for function in (CREW_CARRIES, LAST_POSITION, CREW_PEOPLE):
        op.execute(function)
    op.execute(
        "CREATE TRIGGER crew_stocks_noted AFTER INSERT OR UPDATE OR DELETE ON crew_stocks"
        " FOR EACH ROW EXECUTE FUNCTION note_crew_row()"
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION crew_carries(text)")
    op.execute("DROP FUNCTION last_position(text, timestamptz)")
    op.execute("DROP FUNCTION crew_people(text)")
    op.drop_column("tasks", "parts")
    op.drop_table("crew_stocks")
