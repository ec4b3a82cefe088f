"""Orders merged and split: where their reports went, and what had been told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

SHOWN = (
    "number", "district_id", "grid_id", "area_class", "stage", "status", "seq", "opened_at",
    "clock_start", "at", "transformer_id", "section_id", "feeder_id", "customers_affected",
    "hazards", "life_support", "key_class", "parent_outage_id", "report_count", "policy_hash",
    "arrival_deadline", "etr", "arrived_at", "restoration_no", "restored_at", "closed_at",
    "known_at",
)  # fmt: skip


def moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, postgresql.TIMESTAMP(timezone=True), nullable=nullable)


def of(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


def upgrade() -> None:
    op.create_table(
        "regroupings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_outage_id", sa.Text(), nullable=False),
        sa.Column("to_outage_id", sa.Text(), nullable=False),
        moment("at"),
        moment("taken_back_at", nullable=True),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint("kind IN ('merge', 'split')", name=op.f("ck_regroupings_kind")),
        of("regroupings", "from_outage_id", "outages"),
        of("regroupings", "to_outage_id", "outages"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regroupings")),
    )
    op.create_table(
        "report_moves",
        sa.Column("number", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("regrouping_id", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("from_outage_id", sa.Text(), nullable=False),
        sa.Column("to_outage_id", sa.Text(), nullable=False),
        moment("told", nullable=True),
        moment("stands", nullable=True),
        moment("at"),
        of("report_moves", "regrouping_id", "regroupings"),
        of("report_moves", "report_id", "reports"),
        of("report_moves", "from_outage_id", "outages"),
        of("report_moves", "to_outage_id", "outages"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_report_moves")),
    )
    op.create_index("ix_report_moves_from_outage_id", "report_moves", ["from_outage_id"])
    op.create_index("ix_report_moves_report_id", "report_moves", ["report_id"])
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON report_moves"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.add_column("outages", sa.Column("merged_into", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_outages_merged_into"), "outages", "outages", ["merged_into"], ["id"]
    )
    _watch((*SHOWN, "merged_into"))


def downgrade() -> None:
    _watch(SHOWN)
    op.drop_column("outages", "merged_into")
    op.drop_table("report_moves")
    op.drop_table("regroupings")


def _watch(columns: tuple[str, ...]) -> None:
    op.execute("DROP TRIGGER note_change_of_outages ON outages")
    op.execute(
        f"CREATE TRIGGER note_change_of_outages AFTER INSERT OR UPDATE OF {', '.join(columns)}"
        " ON outages FOR EACH ROW EXECUTE FUNCTION note_row('outage')"
    )
