"""Closed streets, and roads that are slow for a while."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, postgresql.TIMESTAMP(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "closures",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("streets", sa.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("area_class", sa.Text(), nullable=True),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        moment("since"),
        moment("until", nullable=True),
        sa.Column("declared_by", sa.Text(), nullable=False),
        moment("declared_at"),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        moment("lifted_at", nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(streets, kind, area_class) = 1", name=op.f("ck_closures_one_subject")
        ),
        sa.CheckConstraint(
            "CASE WHEN streets IS NULL THEN share BETWEEN 0.05 AND 1 ELSE share = 0 END",
            name=op.f("ck_closures_share"),
        ),
        sa.CheckConstraint(
            "area_class IN ('urban', 'rural', 'remote')", name=op.f("ck_closures_area_class")
        ),
        sa.CheckConstraint(
            "until IS NULL OR until > since", name=op.f("ck_closures_ends_after_it_begins")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closures")),
    )
    op.create_index("ix_closures_since", "closures", ["since"])


def downgrade() -> None:
    op.drop_table("closures")
