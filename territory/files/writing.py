"""Writing a network as files that are read again to the same rows."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from territory.files.records import GEOMETRY
from territory.network import KINDS, Network


def write_tables(network: Network, directory: Path) -> None:
    """Write one CSV table for each kind; a place is `lon` and `lat`, lines and areas are WKT."""
    directory.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        with (directory / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(_head(kind))
            out.writerows(_cells(kind, row) for row in network.rows(kind))


def _head(kind: str) -> list[str]:
    own, shape = GEOMETRY.get(kind, (None, ""))
    head: list[str] = []
    for column in KINDS[kind]._fields:
        head += ["lon", "lat"] if column == own and shape == "Point" else [column]
    return head


def _cells(kind: str, row: Any) -> Iterator[str]:
    own, shape = GEOMETRY.get(kind, (None, ""))
    for column, value in zip(row._fields, row, strict=True):
        if column == own and shape == "Point":
            yield from map(repr, value)
        elif column == own and shape == "LineString":
            yield f"LINESTRING {_spots(value)}"
        elif column == own:
            rings = ", ".join(f"({', '.join(map(_spots, each))})" for each in value)
            yield f"MULTIPOLYGON ({rings})"
        elif column in ("licences", "parts"):
            yield ";".join(f"{name}={told}" for name, told in value)
        elif column in ("skills", "kit"):
            yield ";".join(value)
        elif isinstance(value, bool):
            yield "true" if value else "false"
        else:
            yield value or ""


def _spots(path: Any) -> str:
    return "(" + ", ".join(f"{lon!r} {lat!r}" for lon, lat in path) + ")"


def write_features(network: Network, place: Path) -> None:
    """Write GeoJSON: one file where the place ends in .geojson, else a directory of one each."""
    if place.suffix.lower() in {".geojson", ".json"}:
        every = [feature for kind in KINDS for feature in _features(network, kind, named=True)]
        _write(place, every)
        return
    place.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        _write(place / f"{kind}.geojson", list(_features(network, kind, named=False)))


def _write(file: Path, features: list[dict[str, Any]]) -> None:
    told = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    text = '{"type": "FeatureCollection", "features": [\n' + told + "\n]}\n"
    file.write_text(text, encoding="utf-8")


def _features(network: Network, kind: str, *, named: bool) -> Iterator[dict[str, Any]]:
    own, shape = GEOMETRY.get(kind, (None, ""))
    for row in network.rows(kind):
        columns = dict(row._asdict())
        place = columns.pop(own) if own else None
        for column in {"licences", "parts"} & columns.keys():
            columns[column] = dict(columns[column])
        geometry = {"type": shape, "coordinates": place} if own else None
        if named:
            columns = {"kind": kind, **columns}  # a device keeps its own kind
        yield {"type": "Feature", "geometry": geometry, "properties": columns}
