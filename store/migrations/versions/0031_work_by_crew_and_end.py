"""Work of a crew by when it was done: what its turn was so far is asked for each plan."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_tasks_crew_id_finished_at", "tasks", ["crew_id", "finished_at"])
    op.drop_index("ix_tasks_crew_id", "tasks")


def downgrade() -> None:
    op.create_index("ix_tasks_crew_id", "tasks", ["crew_id"])
    op.drop_index("ix_tasks_crew_id_finished_at", "tasks")
