"""Closed areas: nobody is sent to work where a closure's area lies."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE closures ADD COLUMN area geometry(Polygon, 4326)")
    op.create_check_constraint(
        op.f("ck_closures_area_and_its_streets"), "closures", "area IS NULL OR streets IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_closures_area_and_its_streets"), "closures")
    op.drop_column("closures", "area")
