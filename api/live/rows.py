"""The rows the feed tells of: read once for everybody, shown as the lists show them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from pydantic_core import to_json
from sqlalchemy.orm import Session

from api import board_screens, closing, crew_screens, desk_screens, outage_screens, report_screens
from api.sign_in import Caller
from domain.kinds import LadderRole, Role
from store import closures, deeds
from store.changes import Change, Mark
from store.reading import callbacks, crews, outages, pages, reports


class Kind(StrEnum):
    """What the feed tells of; each is one list of the interface."""

    OUTAGE = "outage"
    REPORT = "report"
    CREW = "crew"
    CALLBACK = "callback"
    PAGE = "page"
    BOARD = "board"
    CLOSURE = "closure"


@dataclass(frozen=True)
class Row:
    """A row as it stood when it was read, how it is shown, and what decides who may see it.

    `crews` are the crews that may see it for their work, `inbox` the role it was paged to.
    """

    kind: Kind
    id: str
    districts: frozenset[str]
    show: Callable[[Caller], dict[str, Any]]
    seq: int | None = None
    at: tuple[float, float] | None = None
    crews: frozenset[str] = frozenset()
    inbox: LadderRole | None = None


@dataclass(frozen=True)
class Touched:
    """Something that changed: whom it concerns and the row as it stands; None when it is gone."""

    kind: Kind
    id: str
    mark: Mark
    districts: frozenset[str]
    row: Row | None
    _texts: dict[Role, str] = field(default_factory=dict, compare=False, repr=False)

    def told_to(self, caller: Caller) -> str:
        """Return the row as this caller may read it, as JSON; made once for each role."""
        assert self.row is not None  # noqa: S101 - only rows that are there are told
        if caller.role not in self._texts:
            told = {
                "event": "row",
                "kind": self.kind,
                "id": self.id,
                "seq": self.row.seq,
                "row": self.row.show(caller),
            }
            self._texts[caller.role] = as_json(told)
        return self._texts[caller.role]


def as_json(told: dict[str, Any]) -> str:
    """Write an event as every other answer is written."""
    return to_json(told).decode()


def read(session: Session, changes: Iterable[Change], now: datetime) -> list[Touched]:
    """Read the rows behind some changes as they stand: each once, in order of its last mark."""
    last: dict[tuple[Kind, str], tuple[Mark, frozenset[str]]] = {}
    for change in changes:
        if change.kind in KINDS:
            name = (Kind(change.kind), change.key)
            _, before = last.pop(name, (None, frozenset()))
            last[name] = (change.mark, before | change.districts)
    rows: dict[tuple[Kind, str], Row] = {}
    for kind, reader in _READERS.items():
        keys = [key for each, key in last if each is kind]
        if keys:
            rows |= {(kind, row.id): row for row in reader(session, keys, now)}
    return [
        Touched(kind, key, mark, districts, rows.get((kind, key)))
        for (kind, key), (mark, districts) in last.items()
    ]


KINDS = frozenset(Kind)


def _outages(session: Session, ids: Sequence[str], _: datetime) -> list[Row]:
    on = deeds.crews_on(session, ids, ever=True)
    return [
        Row(
            Kind.OUTAGE,
            seen.id,
            frozenset({seen.district_id}),
            lambda _, seen=seen: outage_screens.brief(seen),
            seq=seen.seq,
            at=(seen.lon, seen.lat),
            crews=on.get(seen.id, frozenset()),
        )
        for seen in outages.some(session, ids)
    ]


def _reports(session: Session, ids: Sequence[str], _: datetime) -> list[Row]:
    return [
        Row(
            Kind.REPORT,
            seen.id,
            frozenset({seen.district_id}),
            partial(report_screens.shown, seen),
            at=(seen.lon, seen.lat),
        )
        for seen in reports.some(session, ids)
    ]


def _crews(session: Session, ids: Sequence[str], now: datetime) -> list[Row]:
    return [
        Row(
            Kind.CREW,
            seen.id,
            frozenset({seen.district_id, seen.holder_district_id}),
            lambda _, seen=seen: crew_screens.shown(seen, now),
            at=(seen.lon, seen.lat),
            crews=frozenset({seen.id}),
        )
        for seen in crews.some(session, ids, now)
    ]


def _callbacks(session: Session, ids: Sequence[str], _: datetime) -> list[Row]:
    return [
        Row(
            Kind.CALLBACK,
            seen.id,
            frozenset({seen.district_id}),
            partial(desk_screens.callback, seen),
        )
        for seen in callbacks.some(session, ids)
    ]


def _pages(session: Session, ids: Sequence[str], _: datetime) -> list[Row]:
    found = pages.some(session, ids)
    on = deeds.crews_on(session, [seen.outage_id for seen in found if seen.outage_id], ever=False)
    return [
        Row(
            Kind.PAGE,
            seen.id,
            frozenset({seen.district_id}),
            lambda _, seen=seen: desk_screens.page(seen),
            crews=on.get(seen.outage_id or "", frozenset()),
            # An overtaken rung was recorded, never paged: it is in nobody's inbox.
            inbox=None if seen.overtaken else LadderRole(seen.to_role),
        )
        for seen in found
    ]


def _boards(session: Session, ids: Sequence[str], _: datetime) -> list[Row]:
    found = [(district, board_screens.whole(session, district)) for district in ids]
    return [
        Row(Kind.BOARD, district, frozenset({district}), lambda _, told=told: told)
        for district, told in found
    ]


def _closures(session: Session, ids: Sequence[str], now: datetime) -> list[Row]:
    """Read what holds or will hold; what is over is in nobody's list and so is told as gone."""
    found = closing.shown(session, closures.some(session, ids, now))
    return [Row(Kind.CLOSURE, each["id"], frozenset(), lambda _, told=each: told) for each in found]


_READERS: dict[Kind, Callable[[Session, Sequence[str], datetime], list[Row]]] = {
    Kind.OUTAGE: _outages,
    Kind.REPORT: _reports,
    Kind.CREW: _crews,
    Kind.CALLBACK: _callbacks,
    Kind.PAGE: _pages,
    Kind.BOARD: _boards,
    Kind.CLOSURE: _closures,
}
