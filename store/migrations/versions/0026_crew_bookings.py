"""Crews on call off their shift, and crews reserved for something else than orders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, postgresql.TIMESTAMP(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "crew_bookings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("crew_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        moment("since"),
        moment("until"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("booked_by", sa.Text(), nullable=False),
        moment("booked_at"),
        sa.Column("ended_by", sa.Text(), nullable=True),
        moment("ended_at", nullable=True),
        sa.CheckConstraint("kind IN ('on_call', 'reserved')", name=op.f("ck_crew_bookings_kind")),
        sa.CheckConstraint("until > since", name=op.f("ck_crew_bookings_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["crew_id"], ["crews.id"], name=op.f("fk_crew_bookings_crew_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew_bookings")),
    )
    op.create_index(
        "ix_crew_bookings_crew_id",
        "crew_bookings",
        ["crew_id"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_crew_bookings_since", "crew_bookings", ["since"])
    op.execute(
        "CREATE TRIGGER note_change_of_crew_bookings AFTER INSERT OR UPDATE ON crew_bookings"
        " FOR EACH ROW EXECUTE FUNCTION note_crew_row()"
    )


def downgrade() -> None:
    op.drop_table("crew_bookings")
