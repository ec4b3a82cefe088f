"""The live feed is told when a callback begins or ends to wait for a meter."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BEFORE = (
    "outage_id", "report_id", "district_id", "restoration_no", "due_from", "due_by", "state",
    "outcome", "attempts", "next_attempt_at", "claimed_by",
)  # fmt: skip
METERS = ("awaits", "silent_at")


def upgrade() -> None:
    _watch((*BEFORE, *METERS))


def downgrade() -> None:
    _watch(BEFORE)


def _watch(columns: tuple[str, ...]) -> None:
    op.execute("DROP TRIGGER note_change_of_callbacks ON callbacks")
    op.execute(
        f"CREATE TRIGGER note_change_of_callbacks AFTER INSERT OR UPDATE OF {', '.join(columns)}"
        " ON callbacks FOR EACH ROW EXECUTE FUNCTION note_row('callback')"
    )
