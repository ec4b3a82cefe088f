"""Meters say that their supply is back, and are not called like persons."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, postgresql.TIMESTAMP(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "power_ons",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("service_point_id", sa.Text(), nullable=False),
        moment("occurred_at"),
        moment("received_at"),
        sa.Column("outage_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.id"], name=op.f("fk_power_ons_outage_id")),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("pk_power_ons")),
    )
    op.create_index(
        "ix_power_ons_service_point_id_occurred_at",
        "power_ons",
        ["service_point_id", "occurred_at"],
    )
    op.create_index("ix_power_ons_outage_id", "power_ons", ["outage_id"])
    op.create_index("ix_power_ons_received_at", "power_ons", ["received_at"])
    op.create_index(
        "ix_reports_of_meters",
        "reports",
        ["service_point_id"],
        postgresql_where=sa.text("channel = 'meter'"),
    )
    awaits = sa.Column("awaits", sa.Text(), server_default="call", nullable=False)
    op.add_column("callbacks", awaits)
    op.add_column("callbacks", moment("silent_at", nullable=True))
    op.create_check_constraint(
        op.f("ck_callbacks_awaits"), "callbacks", "awaits IN ('call', 'meter')"
    )


def downgrade() -> None:
    # Who waited for a meter is owed an answer: the older program calls them all.
    op.drop_constraint(op.f("ck_callbacks_awaits"), "callbacks", type_="check")
    op.drop_column("callbacks", "silent_at")
    op.drop_column("callbacks", "awaits")
    op.drop_index("ix_reports_of_meters", "reports")
    op.drop_table("power_ons")
