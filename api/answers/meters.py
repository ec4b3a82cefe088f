"""Answers about what meters said: what became of each word."""

from typing import Literal

from api.answers.base import Answer


class MeterEventTaken(Answer):
    """What became of one word; a refused one says why, in `code` and `detail`.

    A last gasp becomes a `report`. `outage` is the one it belongs to, null where none is open.
    """

    id: str
    result: Literal["kept", "repeated", "refused"]
    report: str | None
    outage: str | None
    code: str | None
    detail: str | None


class MeterEventsTaken(Answer):
    """What became of each word, in the order sent."""

    events: list[MeterEventTaken]
