"""The rows of a network as the tables hold them, there and back."""

# ruff: noqa: S608 - the names put into queries are those of our own tables

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from store.tables.base import SRID
from territory.files.records import GEOMETRY
from territory.network import KINDS, Network

_EXTRA = {"transformers": ("feeder_id", "customers"), "sections": ("customers",)}
COLUMNS: dict[str, tuple[str, ...]] = {
    kind: (*(name for name in row._fields if name != "parts"), *_EXTRA.get(kind, ()))
    for kind, row in KINDS.items()
}
"""The columns of each table that a network fills."""
# What a crew carries is a fact of the day: it is told with a network, and goes on by itself.
_ASKED = {"parts": "crew_carries(id) AS parts"}
# Crews that went are kept for their traces, and so are depots that only they stand at.
_SHOWN = {
    "crews": "WHERE active",
    "crew_members": "WHERE crew_id IN (SELECT id FROM crews WHERE active)",
    "depots": "WHERE id NOT IN (SELECT depot_id FROM crews)"
    " OR id IN (SELECT depot_id FROM crews WHERE active)",
}


def of_rows(network: Network, kind: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a table, with what follows from others: feeder, how many customers."""
    rows = network.rows(kind)
    own, shape = GEOMETRY.get(kind, (None, ""))
    place = None if own is None else KINDS[kind]._fields.index(own)
    shapes = [] if place is None else _wkb([row[place] for row in rows], shape)
    supplied = _supplied(network) if kind in _EXTRA else {}
    feeders = {row.id: row.feeder_id for row in network.sections} if kind in _EXTRA else {}
    for number, row in enumerate(rows):
        values = list(row)
        if place is not None:
            values[place] = shapes[number]
        if kind == "transformers":
            values += [feeders[row.section_id], supplied[row.id]]
        elif kind == "sections":
            values.append(supplied[row.id])
        elif kind == "crews":
            values[-4:] = [list(row.skills), json.dumps(dict(row.licences)), list(row.kit)]
        yield tuple(values)


def _supplied(network: Network) -> Counter[str]:
    """Count the service points of every transformer, and of every section itself."""
    counts = Counter(row.transformer_id for row in network.service_points)
    for row in network.transformers:
        counts[row.section_id] += counts[row.id]
    return counts


def _wkb(given: list[Any], shape: str) -> list[str]:
    if not given:
        return []
    if shape == "Point":
        shapes = shapely.points(np.array(given))
    elif shape == "LineString":
        owners = np.repeat(np.arange(len(given)), [len(path) for path in given])
        spots = np.array([spot for path in given for spot in path])
        shapes = shapely.linestrings(spots, indices=owners)
    else:
        shapes = np.array(
            [shapely.MultiPolygon([(p[0], list(p[1:])) for p in each]) for each in given],
            dtype=object,
        )
    found: list[str] = shapely.to_wkb(
        shapely.set_srid(shapes, SRID), hex=True, include_srid=True
    ).tolist()
    return found


def read_rows(session: Session, kind: str) -> Iterator[Any]:
    """Yield the rows of a table as rows of a network, by id."""
    row_type = KINDS[kind]
    own, _ = GEOMETRY.get(kind, (None, ""))
    columns = ", ".join(
        f"ST_AsBinary({name}) AS {name}" if name == own else _ASKED.get(name, name)
        for name in row_type._fields
    )
    order = "crew_id, subject" if kind == "crew_members" else "id"
    query = f"SELECT {columns} FROM {kind} {_SHOWN.get(kind, '')} ORDER BY {order}"
    for row in session.execute(text(query)):
        values = dict(row._mapping)
        if own is not None:
            values[own] = _coordinates(shapely.from_wkb(bytes(values[own])))
        if kind == "crews":
            values["skills"] = tuple(values["skills"])
            values["licences"] = tuple(
                (name, str(expiry)) for name, expiry in values["licences"].items()
            )
            values["kit"] = tuple(values["kit"])
            values["parts"] = tuple(sorted((values["parts"] or {}).items()))
        yield row_type(**values)


def _coordinates(shape: Any) -> Any:
    if shape.geom_type == "Point":
        return shape.x, shape.y
    if shape.geom_type == "LineString":
        return tuple(map(tuple, shape.coords))
    return tuple(
        tuple(tuple(map(tuple, ring.coords)) for ring in (part.exterior, *part.interiors))
        for part in shape.geoms
    )
