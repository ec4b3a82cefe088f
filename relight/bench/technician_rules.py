"""What the published technician instances say, and the time a route keeps somebody from home."""

import ast
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np

from routing.travel import Place, Real, Whole

Stock = tuple[int, ...]


@dataclass(frozen=True)
class Request:
    """Somebody who waits at x, y between two moments for so long a service."""

    name: str
    x: float
    y: float
    opens: float
    closes: float
    service: float
    skills: frozenset[int]
    tools: frozenset[int]
    parts: Stock


@dataclass(frozen=True)
class Person:
    """A technician at home at x, y, with skills, tools and a stock of parts."""

    name: str
    x: float
    y: float
    opens: float
    closes: float
    skills: frozenset[int]
    tools: frozenset[int]
    parts: Stock


@dataclass(frozen=True)
class Instance:
    """One day: where everything can be fetched, who works and who waits."""

    name: str
    depot: tuple[float, float]
    persons: tuple[Person, ...]
    requests: tuple[Request, ...]


def read_instance(file: Path) -> Instance:
    """Read one instance in its authors' format."""
    lines = [line.split(None, 6) for line in file.read_text(encoding="utf-8").splitlines()]
    start = next(number for number, line in enumerate(lines) if line[:2] == ["CREW", "COUNT"])
    crew = int(lines[start + 1][0])
    rows = [line for line in lines[start + 2 :] if len(line) == 7 and line[0].isdigit()]
    depot = float(rows[0][1]), float(rows[0][2])
    persons: list[Person] = []
    requests: list[Request] = []
    for row in rows[1:]:
        x, y, opens, closes, service = (float(each) for each in row[1:6])
        skills, tools, parts = (ast.literal_eval(each) for each in re.findall(r"\[[^]]*\]", row[6]))
        needs = frozenset(skills), frozenset(tools), tuple(parts)
        if len(persons) < crew:
            persons.append(Person(row[0], x, y, opens, closes, *needs))
        else:
            requests.append(Request(row[0], x, y, opens, closes, service, *needs))
    return Instance(lines[0][0], depot, tuple(persons), tuple(requests))


def read_best(file: Path) -> dict[str, float]:
    """Read the best known values by name of instance."""
    found = re.findall(r"^(\S+?)=([\d.]+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: float(value) for name, value in found}


def drive(x: float, y: float, to_x: float, to_y: float) -> float:
    """Return the drive between two places: one unit of time a unit of way."""
    return math.hypot(x - to_x, y - to_y)


def can_bring(person: Person, request: Request) -> bool:
    """Tell whether what this one has at home is enough for this request."""
    has_tools = request.tools <= person.tools
    return has_tools and all(n <= m for n, m in zip(request.parts, person.parts, strict=True))


def away_from_home(
    depot: tuple[float, float], person: Person, route: Sequence[Request]
) -> tuple[int, float]:
    """Return how many requests of a route are kept and the least time away from home.

    The depot is visited where it costs least, if at all, before the first request for which
    something is missing; a request that comes too late even so is not kept.
    """
    order = list(route)
    if not order:
        return 0, 0.0
    needed = _missing_at(person, order)
    visits: Sequence[int | None] = [None] if needed is None else range(needed + 1)
    found = [_timed(depot, person, order, visit) for visit in visits]
    return max(found, key=lambda each: (each[0], -each[1]))


def _missing_at(person: Person, route: Sequence[Request]) -> int | None:
    """Return the place in the route of the first request for which a tool or part is missing."""
    left = list(person.parts)
    for place, request in enumerate(route):
        left = [have - need for have, need in zip(left, request.parts, strict=True)]
        if min(left, default=0) < 0 or not request.tools <= person.tools:
            return place
    return None


def _timed(
    depot: tuple[float, float], person: Person, route: Sequence[Request], visit: int | None
) -> tuple[int, float]:
    """Walk a route with the depot before the request at `visit`, leaving home as late as can be."""
    clock, slack, waited, kept = person.opens, math.inf, 0.0, 0
    here = (person.x, person.y)
    for place, request in enumerate(route):
        if place == visit:
            clock += drive(*here, *depot)
            here = depot
        arrives = clock + drive(*here, request.x, request.y)
        if arrives > request.closes + 0.01:
            continue
        waited += max(0.0, request.opens - arrives)
        slack = min(slack, waited + request.closes - max(arrives, request.opens))
        clock = max(arrives, request.opens) + request.service
        here, kept = (request.x, request.y), kept + 1
    back = clock + drive(*here, person.x, person.y)
    return kept, back - person.opens - max(0.0, min(slack, waited))


class Straight:
    """Travel in straight lines of a plane whose thousandths of a degree are units."""

    def __init__(self, unit_s: int) -> None:
        """Take so many seconds to a unit."""
        self._unit_s = unit_s

    @property
    def version(self) -> str:
        """Name this way of measuring."""
        return f"plane/{self._unit_s}"

    def leg(self, origin: Place, target: Place) -> tuple[int, int]:
        """Return whole seconds, and metres as if a unit were one."""
        units = 1000 * drive(origin.lon, origin.lat, target.lon, target.lat)
        return ceil(round(units * self._unit_s, 6)), round(units)

    def matrix(self, origins: Sequence[Place], targets: Sequence[Place]) -> tuple[Whole, Real]:
        """Return seconds and units of every pair."""
        one = np.array([(at.lon, at.lat) for at in origins], dtype=float).reshape(-1, 1, 2)
        two = np.array([(at.lon, at.lat) for at in targets], dtype=float).reshape(1, -1, 2)
        units = 1000 * np.hypot(*np.moveaxis(one - two, -1, 0))
        return np.ceil(np.round(units * self._unit_s, 6)).astype(np.int64), units
