"""Answers about photos of the field."""

from api.answers.base import Answer, GeoPoint, Moment, Names
from domain.photo import Shows


class PhotographedOutage(Answer):
    """The outage a photo belongs to."""

    id: str
    number: int


class PhotoShown(Answer):
    """A crew's photo: what it shows, who took it when and where, and where its pictures are.

    `digest` is sha256 over the picture that is kept, `sent_digest` over what the phone sent. When
    the picture was let go, `gone_at` says when, and `picture` and `thumbnail` are null.
    """

    id: str
    outage: PhotographedOutage
    task: str | None
    crew: str
    crew_name: Names
    by: str
    shows: Shows
    note: str | None
    occurred_at: Moment
    received_at: Moment
    at: GeoPoint | None
    digest: str
    sent_digest: str
    width_px: int
    height_px: int
    size_bytes: int
    gone_at: Moment | None
    picture: str | None
    thumbnail: str | None


class PhotoKept(PhotoShown):
    """A photo that was sent; `repeated` when it had been kept before."""

    repeated: bool
