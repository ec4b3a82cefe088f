"""Photos of the field: a crew sends what it found, and those who may look do."""

from datetime import datetime
from typing import Annotated, Any
from uuid import NAMESPACE_OID, uuid5

import structlog
from fastapi import APIRouter, Form, Header, Query, Request, Response
from sqlalchemy.orm import Session

from api import cursors, photo_screens, pictures
from api.answers.base import Page, Responses, answers, refuses
from api.answers.photos import PhotoKept, PhotoShown
from api.cursors import Cursor, Limit
from api.office import At
from api.photo_bodies import PhotoForm, PhotoStatement
from api.problems import Problem
from api.sign_in import Caller, CrewPhone, Looking
from domain import ids
from domain.permission import check_not_ahead
from domain.photo import Photo
from store import deeds, hands, photos
from store.photos import PhotoSeen

log = structlog.get_logger("relight.api")
router = APIRouter(prefix="/v1", tags=["photos"])
_SEEING = ("not_your_task", "other_district", "answers_first")
_ALWAYS: dict[str, Any] = {
    name: {"required": True, "schema": {"type": "string"}} for name in ("ETag", "Cache-Control")
}
_CONTENT: dict[str, Any] = {pictures.MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}
_PICTURE: Responses = {
    200: {"description": "The picture", "content": _CONTENT, "headers": _ALWAYS},
    304: {"description": "The picture that is held already is the one.", "headers": _ALWAYS},
}


@router.post(
    "/outages/{outage_id}/photos",
    status_code=201,
    responses=answers(PhotoKept, 201)
    | refuses(
        "outage_unknown",
        "not_your_task",
        "body_not_multipart",
        "photo_too_large",
        "photo_unreadable",
        "photo_too_many_pixels",
        "photos_enough",
        "device_seq_reused",
        "time_in_the_future",
        "coordinates_swapped",
    ),
)
async def add_photo(
    outage_id: str,
    form: Annotated[PhotoForm, Form(media_type="multipart/form-data")],
    caller: CrewPhone,
    office: At,
) -> dict[str, Any]:
    """Keep a crew's photo with an order it was sent to; the same picture again changes nothing."""
    now = await office.now()
    said = form.statement
    check_not_ahead(said.occurred_at, now, office.policy, "/statement/occurred_at")
    await office.ask(_need_sent, outage_id, caller)
    sent = await form.photo.read(pictures.MOST_BYTES + 1)
    picture = await office.develop(pictures.read, sent)
    photo = _photo(outage_id, caller, said, pictures.digest_of(sent), now)

    def keep(session: Session) -> PhotoSeen:
        if caller.asked_by is not None:
            hands.note(session, outage_id, caller.asked_by, "executor")
        return photos.keep(session, photo, picture)

    kept = await office.ask(keep)
    return photo_screens.shown(kept, caller) | {"repeated": not kept.new}


def _need_sent(session: Session, outage: str, caller: Caller) -> None:
    if deeds.ground_of(session, outage) is None:
        raise Problem("outage_unknown", outage=outage)
    if not deeds.crew_was_on(session, outage, caller.crew or ""):
        raise Problem("not_your_task", task=outage)


def _photo(
    outage: str, caller: Caller, said: PhotoStatement, sent_digest: str, now: datetime
) -> Photo:
    named = uuid5(NAMESPACE_OID, f"{outage}/{caller.crew}/{sent_digest}")
    return Photo(
        id=ids.photo_id(named),
        outage=outage,
        task=said.task,
        crew=caller.crew or "",
        subject=caller.subject,
        shows=said.shows,
        note=said.note,
        device=said.device,
        device_seq=said.device_seq,
        occurred_at=said.occurred_at or now,
        received_at=now,
        position=said.position,
        sent_digest=sent_digest,
    )


@router.get(
    "/outages/{outage_id}/photos",
    responses=answers(Page[PhotoShown]) | refuses("outage_unknown", *_SEEING),
)
async def list_photos(
    outage_id: str,
    caller: Looking,
    office: At,
    request: Request,
    response: Response,
    cursor: Cursor = None,
    limit: Limit = 60,
) -> dict[str, Any]:
    """List the photos of an outage as they came; a callback agent's only when all have answered."""
    after = cursors.moment(cursor)

    def found(session: Session) -> list[PhotoSeen]:
        photo_screens.need_look(session, outage_id, caller)
        return photos.listed(session, outage_id, after=after, limit=limit + 1)

    return cursors.page(
        request,
        response,
        await office.ask(found),
        limit,
        lambda seen: (seen.photo.received_at, seen.photo.id),
        lambda seen: photo_screens.shown(seen, caller),
    )


@router.get(
    "/photos/{photo_id}",
    response_class=Response,
    responses=_PICTURE | refuses("not_found", "photo_gone", *_SEEING),
)
async def show_photo(
    photo_id: str,
    caller: Looking,
    office: At,
    thumbnail: Annotated[bool, Query(description="the small one")] = False,
    if_none_match: Annotated[
        str | None, Header(max_length=1024, description="`ETag` that is held")
    ] = None,
) -> Response:
    """Return a picture; who looked at which is written to the log."""

    def found(session: Session) -> tuple[PhotoSeen, bytes]:
        seen = photos.one(session, photo_id)
        if seen is None:
            raise Problem("not_found")
        photo_screens.need_look(session, seen.photo.outage, caller)
        content = photos.picture(session, photo_id, thumbnail=thumbnail)
        if seen.gone_at is not None or content is None:
            raise Problem("photo_gone")
        return seen, content

    seen, content = await office.ask(found)
    size = "thumbnail" if thumbnail else "whole"
    log.info("photo shown", photo=photo_id, subject=caller.subject, size=size)
    tag = f'"{seen.digest[:32]}.{size}"'
    # Asked for anew each time, so that nobody sees it in a browser whose sign-in has ended.
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    if if_none_match is not None and tag in (each.strip() for each in if_none_match.split(",")):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'inline; filename="{photo_id}.jpg"'
    return Response(content, headers=headers, media_type=pictures.MEDIA_TYPE)
