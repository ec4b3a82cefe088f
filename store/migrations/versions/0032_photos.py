"""Photos of crews: what was said with each is kept for good, the picture and the note may go."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

KEEP_PHOTO = """
CREATE FUNCTION keep_photo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.note IS NULL AND OLD.gone_at IS NULL AND NEW.gone_at IS NOT NULL
        AND to_jsonb(NEW) - '{note,gone_at}'::text[] = to_jsonb(OLD) - '{note,gone_at}'::text[]
        AND (erasing('persons', NULL) OR erasing('photos', OLD.received_at))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'append_only' USING ERRCODE = 'RL001', DETAIL = TG_TABLE_NAME;
END $$
"""
# Only of a photo that was let go by its own guard.
LET_PICTURE_GO = """
CREATE FUNCTION let_picture_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        AND EXISTS (SELECT FROM photos p WHERE p.id = OLD.photo_id AND p.gone_at IS NOT NULL)
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'append_only' USING ERRCODE = 'RL001', DETAIL = TG_TABLE_NAME;
END $$
"""


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, postgresql.TIMESTAMP(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "photos",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("outage_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=True),
        sa.Column("crew_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("shows", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("device_seq", sa.BigInteger(), nullable=False),
        _moment("occurred_at"),
        _moment("received_at"),
        sa.Column("at", Geometry("POINT", srid=4326, spatial_index=False), nullable=True),
        sa.Column("sent_digest", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        _moment("gone_at", nullable=True),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.id"], name=op.f("fk_photos_outage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
        sa.UniqueConstraint(
            "outage_id",
            "crew_id",
            "sent_digest",
            name=op.f("uq_photos_outage_id_crew_id_sent_digest"),
        ),
        sa.UniqueConstraint("device", "device_seq", name=op.f("uq_photos_device_device_seq")),
    )
    op.create_table(
        "pictures",
        sa.Column("photo_id", sa.Text(), nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.Column("thumbnail", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name=op.f("fk_pictures_photo_id")),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_pictures")),
    )
    # A JPEG does not get smaller by being packed again.
    op.execute("ALTER TABLE pictures ALTER COLUMN image SET STORAGE EXTERNAL")
    op.execute(KEEP_PHOTO)
    op.execute(LET_PICTURE_GO)
    op.execute(
        "CREATE TRIGGER keep_photo BEFORE UPDATE OR DELETE ON photos"
        " FOR EACH ROW EXECUTE FUNCTION keep_photo()"
    )
    op.execute(
        "CREATE TRIGGER let_picture_go BEFORE UPDATE OR DELETE ON pictures"
        " FOR EACH ROW EXECUTE FUNCTION let_picture_go()"
    )
    # Whoever looks at the order is told that there is something new to see.
    op.execute(
        "CREATE TRIGGER note_change_of_photos AFTER INSERT OR UPDATE ON photos"
        " FOR EACH ROW EXECUTE FUNCTION note_verdict()"
    )


def downgrade() -> None:
    op.drop_table("pictures")
    op.drop_table("photos")
    op.execute("DROP FUNCTION let_picture_go()")
    op.execute("DROP FUNCTION keep_photo()")
