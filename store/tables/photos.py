"""Photos of the field: what was said with each, and the picture itself, which goes first."""

from datetime import datetime

from geoalchemy2 import WKBElement
from sqlalchemy import ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base, BigInt, Key, OfOutage, shape


class PhotoRow(Base):
    """One photo of a crew; append-only, but for the note, which goes with the picture.

    `digest` is sha256 over the kept picture, `sent_digest` over what came in; `size` is bytes.
    """

    __tablename__ = "photos"
    __table_args__ = (
        UniqueConstraint("outage_id", "crew_id", "sent_digest"),
        UniqueConstraint("device", "device_seq"),
    )

    id: Mapped[Key]
    outage_id: Mapped[OfOutage]
    task_id: Mapped[str | None]
    crew_id: Mapped[str]
    subject: Mapped[str]
    shows: Mapped[str]
    note: Mapped[str | None]
    device: Mapped[str]
    device_seq: Mapped[BigInt]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    at: Mapped[WKBElement | None] = mapped_column(shape("POINT"), nullable=True)
    sent_digest: Mapped[str]
    digest: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    gone_at: Mapped[datetime | None]


class PictureRow(Base):
    """The picture of a photo and a small one of it, both JPEG; deleted when the photo is let go."""

    __tablename__ = "pictures"

    photo_id: Mapped[str] = mapped_column(Text, ForeignKey("photos.id"), primary_key=True)
    image: Mapped[bytes] = mapped_column(LargeBinary)
    thumbnail: Mapped[bytes] = mapped_column(LargeBinary)
