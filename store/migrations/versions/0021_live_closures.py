"""Closures are told by the live feed: to all districts, since crews of any may come through."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

NOTE_CLOSURE = """
CREATE FUNCTION note_closure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO changes (kind, key, districts)
    SELECT 'closure', NEW.id, coalesce(array_agg(d.id ORDER BY d.id), '{}') FROM districts d;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.execute(NOTE_CLOSURE)
    op.execute(
        "CREATE TRIGGER note_change_of_closures AFTER INSERT OR UPDATE ON closures"
        " FOR EACH ROW EXECUTE FUNCTION note_closure()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER note_change_of_closures ON closures")
    op.execute("DROP FUNCTION note_closure()")
