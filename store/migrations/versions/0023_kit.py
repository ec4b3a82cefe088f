"""What the vehicles of a crew carry."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kit = sa.Column("kit", sa.ARRAY(sa.Text()), server_default="{}", nullable=False)
    op.add_column("crews", kit)


def downgrade() -> None:
    op.drop_column("crews", "kit")
