"""Reading a network from a directory or a file: CSV tables, GeoJSON, or both side by side."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely

from territory.faults import Fault, Origin
from territory.files.records import GEOMETRY, Reading, Record, Unreadable, rows_of
from territory.inspection import check
from territory.network import CHOICES, KINDS, OPTIONAL

ENDINGS = (".csv", ".geojson", ".json")
FREE = OPTIONAL | {"skills", "licences", "kit", "parts", "life_support", "normally_open"}
"""Columns that a table may leave out."""


def read_network(place: Path) -> Reading:
    """Read and check the network of a directory or file; `faults` says all that is wrong."""
    reading = Reading()
    records: list[Record] = []
    for file, kind in _files(place, reading):
        try:
            if file.suffix.lower() == ".csv":
                records.extend(_of_table(file, kind or "", reading))
            else:
                records.extend(_of_features(file, kind, reading))
        except UnicodeDecodeError:
            reading.faults.append(Fault("not_utf8", Origin(file.name, 1)))
    rows_of(records, reading)
    if records or not reading.faults:
        reading.faults.extend(check(reading.network, reading.origins, reading.unread))
    return reading


def _files(place: Path, reading: Reading) -> Iterator[tuple[Path, str | None]]:
    """Yield every file of a network with the kind its name says; None where features say it."""
    if place.is_file():
        kind = place.stem if place.stem in KINDS else None
        if place.suffix.lower() == ".csv" and kind is None:
            known = ", ".join(KINDS)
            reading.faults.append(
                Fault("name_unknown", Origin(place.name, 1), params={"known": known})
            )
            return
        yield place, kind
        return
    seen: dict[str, Path] = {}
    files = sorted(place.iterdir()) if place.is_dir() else []
    for file in files:
        if file.suffix.lower() not in ENDINGS or file.stem not in KINDS:
            continue
        if file.stem in seen:
            params = {"other": seen[file.stem].name}
            reading.faults.append(Fault("kind_twice", Origin(file.name, 1), params=params))
            continue
        seen[file.stem] = file
        yield file, file.stem
    if not seen:
        params = {"known": ", ".join(KINDS)}
        reading.faults.append(Fault("no_files", Origin(str(place), 1), params=params))


def _of_table(file: Path, kind: str, reading: Reading) -> Iterator[Record]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        table = csv.DictReader(lines, strict=True)
        try:
            head = [name.strip() for name in table.fieldnames or ()]
            missing = [name for name in _columns(kind) if name not in head and name not in FREE]
            for name in missing:
                params = {"found": ", ".join(head) or "–"}
                reading.faults.append(
                    Fault("column_missing", Origin(file.name, 1), None, name, params)
                )
            table.fieldnames = head
            if missing:
                reading.unread[kind].update(row.get("id") or "" for row in table)
                return
            for row in table:
                origin = Origin(file.name, table.line_num)
                try:
                    yield Record(kind, origin, row, _geometry_of(kind, row))
                except Unreadable as why:
                    column = GEOMETRY[kind][0]
                    reading.unread[kind].add(row.get("id") or "")
                    reading.faults.append(
                        Fault(why.code, origin, row.get("id"), column, why.params)
                    )
        except csv.Error as error:
            origin = Origin(file.name, table.reader.line_num)
            reading.faults.append(Fault("table_broken", origin, params={"why": str(error)}))


def _columns(kind: str) -> list[str]:
    """Return the columns of a table: places are `lon` and `lat`, lines and areas are WKT."""
    own, shape = GEOMETRY.get(kind, (None, ""))
    found = []
    for column in KINDS[kind]._fields:
        found += ["lon", "lat"] if column == own and shape == "Point" else [column]
    return found


def _geometry_of(kind: str, row: dict[str, Any]) -> dict[str, Any] | None:
    own, shape = GEOMETRY.get(kind, (None, ""))
    if own is None:
        return None
    if shape == "Point":
        return {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
    given = (row[own] or "").strip()
    if not given:
        return None
    try:
        found = shapely.from_wkt(given.partition(";")[2] if given.startswith("SRID=") else given)
    except shapely.GEOSException:
        raise Unreadable("wkt_broken", value=given[:60]) from None
    told: dict[str, Any] = shapely.geometry.mapping(found)
    return told


def _of_features(file: Path, kind: str | None, reading: Reading) -> Iterator[Record]:
    try:
        document = json.loads(file.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        if isinstance(error, UnicodeDecodeError):
            raise
        line = getattr(error, "lineno", 1)
        params = {"why": getattr(error, "msg", str(error))}
        reading.faults.append(Fault("json_broken", Origin(file.name, line), params=params))
        return
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        reading.faults.append(Fault("no_features", Origin(file.name, 1)))
        return
    for number, feature in enumerate(features, 1):
        origin = Origin(file.name, number)
        record = _record(feature, kind, origin)
        if record is not None:
            yield record
        else:
            params = {"known": ", ".join(KINDS)}
            reading.faults.append(Fault("kind_unknown", origin, None, "kind", params))


def _record(feature: Any, kind: str | None, origin: Origin) -> Record | None:
    if not isinstance(feature, dict):
        return None
    columns = feature.get("properties")
    columns = dict(columns) if isinstance(columns, dict) else {}
    if "id" not in columns and feature.get("id") is not None:
        columns["id"] = feature["id"]
    said = kind or columns.get("kind")
    if kind is None and said in CHOICES["devices", "kind"]:
        said = "devices"  # which says of itself what it is: a breaker, a fuse
    if not isinstance(said, str) or said not in KINDS:
        return None
    geometry = feature.get("geometry")
    return Record(said, origin, columns, geometry if isinstance(geometry, dict) else None)
