"""Each district may choose the policy of its new outages; who did, when and why is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policy_choices",
        sa.Column("number", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("policy_hash", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_policy_choices_district_id")
        ),
        sa.ForeignKeyConstraint(
            ["policy_hash"], ["policies.hash"], name=op.f("fk_policy_choices_policy_hash")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_policy_choices")),
    )
    op.create_index(
        "ix_policy_choices_district_id_number", "policy_choices", ["district_id", "number"]
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON policy_choices"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.add_column("districts", sa.Column("policy_hash", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_districts_policy_hash"), "districts", "policies", ["policy_hash"], ["hash"]
    )
    op.create_index("ix_outages_district_id_clock_start", "outages", ["district_id", "clock_start"])


def downgrade() -> None:
    op.drop_index("ix_outages_district_id_clock_start", table_name="outages")
    op.drop_constraint(op.f("fk_districts_policy_hash"), "districts", type_="foreignkey")
    op.drop_column("districts", "policy_hash")
    op.drop_table("policy_choices")
