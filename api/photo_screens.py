"""How a crew's photo looks from outside, and who may look at it."""

from typing import Any

from sqlalchemy.orm import Session

from api.places import geojson
from api.problems import Problem
from api.sign_in import SEES_PERSONS, Caller
from domain.kinds import Role
from domain.photo import hidden_from
from store import deeds, photos
from store.photos import PhotoSeen

_NOTE_READERS = SEES_PERSONS | {Role.CREW}


def shown(seen: PhotoSeen, caller: Caller) -> dict[str, Any]:
    """Return a photo with where its pictures are; the note only to those who deal with persons."""
    photo = seen.photo
    where = None if seen.gone_at is not None else f"/v1/photos/{photo.id}"
    return {
        "id": photo.id,
        "outage": {"id": photo.outage, "number": seen.outage_number},
        "task": photo.task,
        "crew": photo.crew,
        "crew_name": seen.crew_name,
        "by": photo.subject,
        "shows": photo.shows,
        "note": photo.note if caller.role in _NOTE_READERS else None,
        "occurred_at": photo.occurred_at,
        "received_at": photo.received_at,
        "at": photo.position and geojson(photo.position),
        "digest": seen.digest,
        "sent_digest": photo.sent_digest,
        "width_px": seen.width,
        "height_px": seen.height,
        "size_bytes": seen.size,
        "gone_at": seen.gone_at,
        "picture": where,
        "thumbnail": where and f"{where}?thumbnail=true",
    }


def need_look(session: Session, outage: str, caller: Caller) -> None:
    """Refuse to show photos of an outage to a caller who may not look, or not yet."""
    standing = photos.standing(session, outage)
    if standing is None:
        raise Problem("outage_unknown", outage=outage)
    if caller.role is Role.CREW:
        if not deeds.crew_was_on(session, outage, caller.crew or ""):
            raise Problem("not_your_task", task=outage)
        return
    caller.need(standing.district_id)
    if hidden_from(caller.role, standing.answers_owed):
        raise Problem("answers_first", left=standing.answers_owed)
