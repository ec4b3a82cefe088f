"""Photos from the field: kept once, never changed, shown with their order, and let go."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from domain.errors import Refused
from domain.photo import MOST_OF_ORDER, Photo, Shows
from domain.place import Point
from store import hands, locks
from store.facts import ewkt
from store.tables.photos import PhotoRow, PictureRow
from store.tables.progress import FieldFactRow


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept: JPEG without anything but the picture; `digest` is its sha256."""

    image: bytes
    thumbnail: bytes
    width: int
    height: int
    digest: str


@dataclass(frozen=True)
class PhotoSeen:
    """A photo as a list shows it; `gone_at` is when its picture was let go, `size` in bytes."""

    photo: Photo
    district_id: str
    outage_number: int
    crew_name: dict[str, str]
    digest: str
    width: int
    height: int
    size: int
    gone_at: datetime | None
    new: bool = False


@dataclass(frozen=True)
class Standing:
    """How an order stands for those who want to look: where, and how many are still to answer."""

    district_id: str
    answers_owed: int


def keep(session: Session, photo: Photo, picture: Picture) -> PhotoSeen:
    """Keep a photo; one that its crew sent of this order before is returned as it is kept.

    Raises Refused device_seq_reused, photos_enough.
    """
    locks.take(session, [f"photos/{photo.outage}"])
    known = session.scalar(
        select(PhotoRow.id).where(
            PhotoRow.outage_id == photo.outage,
            PhotoRow.crew_id == photo.crew,
            PhotoRow.sent_digest == photo.sent_digest,
        )
    )
    if known is not None:
        return _known(session, known)
    _need_room(session, photo)
    row = photo.model_dump(exclude={"outage", "task", "crew", "position"}) | {
        "outage_id": photo.outage,
        "task_id": photo.task,
        "crew_id": photo.crew,
        "at": None if photo.position is None else ewkt(photo.position),
        "digest": picture.digest,
        "width": picture.width,
        "height": picture.height,
        "size": len(picture.image),
    }
    session.execute(insert(PhotoRow).values(row))
    pictures = {"photo_id": photo.id, "image": picture.image, "thumbnail": picture.thumbnail}
    session.execute(insert(PictureRow).values(pictures))
    hands.note(session, photo.outage, photo.subject, "executor")
    return _known(session, photo.id, new=True)


def _need_room(session: Session, photo: Photo) -> None:
    """Refuse a number the phone gave to something else, and more than an order holds."""
    for table in (PhotoRow, FieldFactRow):
        said = select(table.id).where(
            table.device == photo.device, table.device_seq == photo.device_seq
        )
        if session.scalar(said) is not None:
            raise Refused(
                "device_seq_reused",
                pointer="/statement/device_seq",
                device=photo.device,
                device_seq=photo.device_seq,
            )
    held = select(func.count()).select_from(PhotoRow).where(PhotoRow.outage_id == photo.outage)
    if (session.scalar(held) or 0) >= MOST_OF_ORDER:
        raise Refused("photos_enough", most=MOST_OF_ORDER)


def _known(session: Session, photo_id: str, *, new: bool = False) -> PhotoSeen:
    found = one(session, photo_id, new=new)
    if found is None:
        raise LookupError(photo_id)
    return found


_SEEN = """
{here} SELECT p.*, ST_X(p.at) AS lon, ST_Y(p.at) AS lat, o.district_id, o.number AS outage_number,
       jsonb_build_object('en', c.name_en, 'zh', c.name_zh) AS crew_name
FROM photos p JOIN outages o ON o.id = p.outage_id JOIN crews c ON c.id = p.crew_id
WHERE {which}
ORDER BY p.received_at, p.id
LIMIT :limit
"""
# An order whose work went over to another one shows its photos there too.
_HERE = """
WITH RECURSIVE here AS (
    SELECT CAST(:outage AS text) AS id
    UNION
    SELECT o.id FROM outages o JOIN here ON o.merged_into = here.id
)
"""
_AFTER = """
p.outage_id IN (SELECT id FROM here) AND (CAST(:after_at AS timestamptz) IS NULL
    OR (p.received_at, p.id) > (CAST(:after_at AS timestamptz), CAST(:after_id AS text)))
"""
_ONE = text(_SEEN.format(here="", which="p.id = :photo"))
_LISTED = text(_SEEN.format(here=_HERE, which=_AFTER))


def one(session: Session, photo_id: str, *, new: bool = False) -> PhotoSeen | None:
    """Return a photo by its id, or None when there is none."""
    row = session.execute(_ONE, {"photo": photo_id, "limit": 1}).one_or_none()
    return None if row is None else _seen(row, new=new)


def listed(
    session: Session,
    outage_id: str,
    *,
    after: tuple[datetime, str] | None = None,
    limit: int = MOST_OF_ORDER,
) -> list[PhotoSeen]:
    """List the photos of an order as they came; `after` is time and id of the last one seen."""
    after_at, after_id = after or (None, None)
    given = {"outage": outage_id, "after_at": after_at, "after_id": after_id, "limit": limit}
    return [_seen(row) for row in session.execute(_LISTED, given)]


def picture(session: Session, photo_id: str, *, thumbnail: bool) -> bytes | None:
    """Return the picture of a photo, or the small one; None when it was let go."""
    wanted = PictureRow.thumbnail if thumbnail else PictureRow.image
    return session.scalar(select(wanted).where(PictureRow.photo_id == photo_id))


# Reports that went over to another order are asked there.
_STANDING = text("""
WITH RECURSIVE on_to AS (
    SELECT id, district_id, merged_into FROM outages WHERE id = :outage
    UNION
    SELECT o.id, o.district_id, o.merged_into FROM outages o JOIN on_to ON o.id = on_to.merged_into
)
SELECT (SELECT district_id FROM on_to WHERE id = :outage) AS district_id,
       (SELECT count(*) FROM reports r
        WHERE r.outage_id IN (SELECT id FROM on_to) AND r.outcome IS NULL) AS answers_owed
""")


def standing(session: Session, outage_id: str) -> Standing | None:
    """Return how an order stands for those who want to look, or None when there is none."""
    row = session.execute(_STANDING, {"outage": outage_id}).one()
    return None if row.district_id is None else Standing(row.district_id, row.answers_owed)


State = Literal["holds", "gone", "broken"]
_CHECKED = text("""
SELECT p.id, CASE
    WHEN p.gone_at IS NOT NULL AND i.photo_id IS NULL THEN 'gone'
    WHEN encode(sha256(i.image), 'hex') = p.digest THEN 'holds'
    ELSE 'broken' END AS state
FROM photos p LEFT JOIN pictures i ON i.photo_id = p.id
WHERE CAST(:outage AS text) IS NULL OR p.outage_id = :outage
ORDER BY p.id
""").execution_options(yield_per=1000)


def check(session: Session, outage_id: str | None = None) -> Iterator[tuple[str, State]]:
    """Check the pictures of an outage, or all of them, against their digests."""
    for row in session.execute(_CHECKED, {"outage": outage_id}):
        yield row.id, row.state


_LET_GO = text("""
UPDATE photos SET note = NULL, gone_at = :at WHERE id = ANY(:photos) AND gone_at IS NULL
""")
_DROP = text("DELETE FROM pictures WHERE photo_id = ANY(:photos)")


def let_go(session: Session, photos: Sequence[str], at: datetime) -> None:
    """Let pictures and notes go; the caller's transaction has noted the erasure."""
    given = {"photos": list(photos)}
    session.execute(_LET_GO, given | {"at": at})
    session.execute(_DROP, given)


# A meter stands in somebody's home, and nobody knows what else a photo may show. Where nobody
# else has reported, the whole order is about this person's home.
_OF_PERSONS = text("""
SELECT p.id FROM photos p
WHERE p.gone_at IS NULL
  AND p.outage_id IN (
      SELECT r.outage_id FROM reports r WHERE r.id = ANY(:reports)
      UNION SELECT m.from_outage_id FROM report_moves m WHERE m.report_id = ANY(:reports))
  AND (p.shows IN ('meter', 'other') OR NOT EXISTS (
      SELECT FROM reports n
      WHERE n.forgotten_at IS NULL AND n.id <> ALL(:reports)
        AND (n.outage_id = p.outage_id OR n.id IN (
            SELECT m.report_id FROM report_moves m WHERE m.from_outage_id = p.outage_id))))
ORDER BY p.id
""")


def of_persons(session: Session, reports: Sequence[str]) -> list[str]:
    """Return the photos that may show the persons behind some reports, or their homes."""
    return list(session.scalars(_OF_PERSONS, {"reports": list(reports)}))


def _seen(row: Any, *, new: bool = False) -> PhotoSeen:
    photo = Photo(
        id=row.id,
        outage=row.outage_id,
        task=row.task_id,
        crew=row.crew_id,
        subject=row.subject,
        shows=Shows(row.shows),
        note=row.note,
        device=row.device,
        device_seq=row.device_seq,
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        position=None if row.lon is None else Point(lon=row.lon, lat=row.lat),
        sent_digest=row.sent_digest,
    )
    return PhotoSeen(
        photo=photo,
        district_id=row.district_id,
        outage_number=row.outage_number,
        crew_name=row.crew_name,
        digest=row.digest,
        width=row.width,
        height=row.height,
        size=row.size,
        gone_at=row.gone_at,
        new=new,
    )
