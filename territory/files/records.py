"""Records as files hold them, and the rows that become of them."""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.parts import MOST_PARTS
from territory.faults import Fault, Origin
from territory.network import KINDS, OPTIONAL, Network

GEOMETRY = {
    "districts": ("area", "MultiPolygon"),
    "service_areas": ("boundary", "MultiPolygon"),
    "grids": ("boundary", "MultiPolygon"),
    "depots": ("at", "Point"),
    "substations": ("at", "Point"),
    "sections": ("path", "LineString"),
    "devices": ("at", "Point"),
    "transformers": ("at", "Point"),
    "service_points": ("at", "Point"),
}
"""The column of a kind that is its geometry, and which geometry that is."""

_PART = re.compile(r"[a-z][a-z0-9_]{0,59}")
YES, NO = {"true", "yes", "1", "t", "y", "是"}, {"false", "no", "0", "f", "n", "", "否"}


@dataclass(frozen=True)
class Record:
    """One line of a table or one feature: columns by name, and a geometry as GeoJSON has it."""

    kind: str
    origin: Origin
    columns: Mapping[str, Any]
    geometry: Mapping[str, Any] | None


@dataclass
class Reading:
    """What was read of a network, and what could not be."""

    network: Network = field(default_factory=Network)
    origins: dict[str, list[Origin]] = field(default_factory=lambda: defaultdict(list))
    unread: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    faults: list[Fault] = field(default_factory=list)


class Unreadable(Exception):  # noqa: N818 - read as a sentence
    """A value is not what its column holds; carries the code of the fault and its parameters."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def rows_of(records: Iterable[Record], reading: Reading) -> None:
    """Make the network of a reading from records; what cannot be read becomes a fault each."""
    rows: dict[str, list[Any]] = defaultdict(list)
    for record in records:
        values: dict[str, Any] = {}
        sound = True
        for column, read in _READERS[record.kind].items():
            try:
                values[column] = read(record)
            except Unreadable as why:
                sound = False
                name = _name_of(record)
                fault = Fault(why.code, record.origin, name, column, why.params)
                reading.faults.append(fault)
        if sound:
            rows[record.kind].append(KINDS[record.kind](**values))
            reading.origins[record.kind].append(record.origin)
        else:
            reading.unread[record.kind].add(_name_of(record) or "")
    reading.network = Network(**{kind: tuple(found) for kind, found in rows.items()})


def _name_of(record: Record) -> str | None:
    found = record.columns.get("id")
    return None if found is None else str(found).strip()


def _text(column: str) -> Callable[[Record], str]:
    def read(record: Record) -> str:
        value = record.columns.get(column)
        if value is None or isinstance(value, (dict, list, bool)):
            raise Unreadable("missing_value")
        return str(value).strip()

    return read


def _text_or_none(column: str) -> Callable[[Record], str | None]:
    def read(record: Record) -> str | None:
        value = record.columns.get(column)
        return None if value is None else str(value).strip() or None

    return read


def _truth(column: str) -> Callable[[Record], bool]:
    def read(record: Record) -> bool:
        value = record.columns.get(column)
        if isinstance(value, bool):
            return value
        word = "" if value is None else str(value).strip().lower()
        if word not in YES | NO:
            raise Unreadable("not_yes_or_no", value=value)
        return word in YES

    return read


def _words(column: str) -> Callable[[Record], tuple[str, ...]]:
    def read(record: Record) -> tuple[str, ...]:
        value = record.columns.get(column)
        parts = value if isinstance(value, list) else str(value or "").split(";")
        return tuple(str(part).strip() for part in parts if str(part).strip())

    return read


def _licences(record: Record) -> tuple[tuple[str, str], ...]:
    value = record.columns.get("licences")
    if isinstance(value, dict):
        return tuple((str(name), str(expiry)) for name, expiry in value.items())
    found = []
    for part in str(value or "").split(";"):
        if part.strip():
            name, equals, expiry = part.partition("=")
            if not equals:
                raise Unreadable("licence_without_expiry", value=part.strip())
            found.append((name.strip(), expiry.strip()))
    return tuple(found)


def _parts(record: Record) -> tuple[tuple[str, int], ...]:
    value = record.columns.get("parts")
    if not isinstance(value, dict):
        told = (each.partition("=") for each in str(value or "").split(";") if each.strip())
        value = {name.strip(): count.strip() for name, _, count in told}
    for name, count in value.items():
        known = _PART.fullmatch(name) and str(count).isdecimal() and int(count) <= MOST_PARTS
        if not known:
            raise Unreadable("part_without_count", value=f"{name}={count}")
    return tuple(sorted((name, int(count)) for name, count in value.items()))


def _spot(given: Any) -> tuple[float, float]:
    if not isinstance(given, (list, tuple)) or len(given) < 2:
        raise Unreadable("not_coordinates", value=given)
    try:
        lon, lat = float(given[0]), float(given[1])
    except (TypeError, ValueError):
        raise Unreadable("not_coordinates", value=given) from None
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise Unreadable("not_coordinates", value=given)
    return lon, lat


def _geometry(wanted: str) -> Callable[[Record], Any]:
    def read(record: Record) -> Any:
        found = record.geometry
        if found is None:
            raise Unreadable("geometry_missing", wanted=wanted)
        kind, given = found.get("type"), found.get("coordinates")
        if kind == "Polygon" and wanted == "MultiPolygon":
            kind, given = "MultiPolygon", [given]
        if kind != wanted or not isinstance(given, (list, tuple)):
            raise Unreadable("other_geometry", wanted=wanted, found=kind)
        if wanted == "Point":
            return _spot(given)
        if wanted == "LineString":
            return tuple(map(_spot, given))
        return tuple(tuple(_ring(ring) for ring in _list(rings)) for rings in given)

    return read


def _ring(given: Any) -> tuple[tuple[float, float], ...]:
    return tuple(map(_spot, _list(given)))


def _list(given: Any) -> Any:
    if not isinstance(given, (list, tuple)):
        raise Unreadable("not_coordinates", value=given)
    return given


def _reader(kind: str, column: str) -> Callable[[Record], Any]:
    own, shape = GEOMETRY.get(kind, (None, ""))
    if column == own:
        return _geometry(shape)
    if column == "licences":
        return _licences
    if column == "parts":
        return _parts
    if column in ("skills", "kit"):
        return _words(column)
    if KINDS[kind].__annotations__[column] is bool:
        return _truth(column)
    return _text_or_none(column) if column in OPTIONAL else _text(column)


_READERS = {
    kind: {column: _reader(kind, column) for column in row._fields} for kind, row in KINDS.items()
}
