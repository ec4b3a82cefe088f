"""Cursors: where a list goes on, opaque to the client."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import Query, Request, Response

from api.problems import Problem

Limit = Annotated[int, Query(ge=1, le=200, description="how many at most")]
Cursor = Annotated[
    str | None, Query(max_length=300, description="`next_cursor` of the page before")
]


def write(*values: Any) -> str:
    """Return a cursor that holds these values."""
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    text = json.dumps(plain, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def number(cursor: str | None) -> int | None:
    """Return the number a cursor holds, or None without a cursor."""
    values = _read(cursor, (int,))
    return None if values is None else values[0]


def moment(cursor: str | None) -> tuple[datetime, str] | None:
    """Return the time and id a cursor holds, or None without a cursor."""
    values = _read(cursor, (str, str))
    return None if values is None else (_moment(values[0]), _printable(values[1]))


def names(cursor: str | None) -> tuple[str, str] | None:
    """Return the two names a cursor holds, or None without a cursor."""
    values = _read(cursor, (str, str))
    return None if values is None else (_printable(values[0]), _printable(values[1]))


def line(cursor: str | None) -> tuple[datetime, int, int, str, str] | None:
    """Return where in a timeline a cursor points, or None without a cursor."""
    values = _read(cursor, (str, int, int, str, str))
    if values is None:
        return None
    at, rank, number, kind, key = values
    return _moment(at), min(rank, 2**31 - 1), number, _printable(kind), _printable(key)


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Problem("cursor_invalid") from error
    if at.tzinfo is None or not 2000 <= at.year <= 2100:
        raise Problem("cursor_invalid")
    return at


def _printable(text: str) -> str:
    if not text.isprintable():
        raise Problem("cursor_invalid")
    return text


def _read(cursor: str | None, kinds: tuple[type, ...]) -> list[Any] | None:
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.urlsafe_b64decode(padded.encode()))
    except (ValueError, UnicodeError, RecursionError) as error:
        raise Problem("cursor_invalid") from error
    if not isinstance(values, list) or [type(value) for value in values] != list(kinds):
        raise Problem("cursor_invalid")
    if any(isinstance(value, int) and not 0 <= value < 2**62 for value in values):
        raise Problem("cursor_invalid")
    return values


Row = TypeVar("Row")


def page(
    request: Request,
    response: Response,
    rows: Sequence[Row],
    limit: int,
    place: Callable[[Row], tuple[Any, ...]],
    shown: Callable[[Row], Any] = lambda row: row,
) -> dict[str, Any]:
    """Return one page of a list that was read one row further than the page holds.

    `place` gives what the cursor after a row holds; the next page is also named in the Link header.
    """
    items = [shown(row) for row in rows[:limit]]
    if len(rows) <= limit:
        return {"items": items, "next_cursor": None}
    cursor = write(*place(rows[limit - 1]))
    url = request.url.include_query_params(cursor=cursor)
    response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return {"items": items, "next_cursor": cursor}
