"""Roads by URL: an OSRM or a Valhalla server that somebody runs already.

Tables are asked in squares that both accept as they come: OSRM takes 100 places a question,
Valhalla 2,500 pairs.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import numpy as np

from domain.errors import Refused
from roads.engine import Drive, Table, as_whole
from routing.travel import Place, Real

SQUARE = 50
PATIENCE_S = 10.0


def find_server(url: str) -> "OsrmServer | ValhallaServer":
    """Return the engine of what answers at an address; refuses where nothing does."""
    # No connection outlives its question: an engine that is put aside leaves nothing open.
    limits = httpx.Limits(max_keepalive_connections=0)
    client = httpx.Client(base_url=url.rstrip("/"), timeout=PATIENCE_S, limits=limits)
    try:
        return _recognised(client)
    except Refused:
        client.close()
        raise


def _recognised(client: httpx.Client) -> "OsrmServer | ValhallaServer":
    told = _asked(client, lambda: client.get("/status"))
    if told.status_code == httpx.codes.OK and "version" in _json(told):
        return ValhallaServer(client, _json(told))
    told = _asked(client, lambda: client.get("/nearest/v1/driving/0,0"))
    if "code" in _json(told):
        return OsrmServer(client, str(_json(told).get("data_version", "")))
    problem = "neither OSRM nor Valhalla"
    raise Refused("roads_server", url=str(client.base_url), problem=problem)


class _Server(ABC):
    exact = True

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def close(self) -> None:
        """Let the connection go."""
        self._client.close()

    def table(self, origins: Sequence[Place], targets: Sequence[Place]) -> Table:
        """Return every pair, square by square."""
        shape = len(origins), len(targets)
        seconds, metres = np.full(shape, np.nan), np.full(shape, np.nan)
        off_origins, off_targets = np.zeros(shape[0]), np.zeros(shape[1])
        for top in range(0, shape[0], SQUARE):
            for left in range(0, shape[1], SQUARE):
                rows, columns = slice(top, top + SQUARE), slice(left, left + SQUARE)
                part = self._square(origins[rows], targets[columns])
                seconds[rows, columns], metres[rows, columns] = part[0], part[1]
                off_origins[rows], off_targets[columns] = part[2], part[3]
        return Table(as_whole(seconds, 1000), as_whole(metres, 10), off_origins, off_targets)

    @abstractmethod
    def _square(
        self, origins: Sequence[Place], targets: Sequence[Place]
    ) -> tuple[Real, Real, Real, Real]:
        """Return seconds, metres, and how far each origin and target lies off the road."""


class OsrmServer(_Server):
    """An `osrm-routed`."""

    name = "osrm-server"

    def __init__(self, client: httpx.Client, data: str) -> None:
        """Ask a server that has told the version of its data, or none."""
        super().__init__(client)
        self._data = data

    @property
    def version(self) -> str:
        """Name the engine and, where the server tells it, its data."""
        return f"{self.name}/{self._data or 'unnamed'}"

    def _square(
        self, origins: Sequence[Place], targets: Sequence[Place]
    ) -> tuple[Real, Real, Real, Real]:
        count = len(origins)
        told = self._get(
            f"/table/v1/driving/{_line((*origins, *targets))}",
            sources=";".join(map(str, range(count))),
            destinations=";".join(map(str, range(count, count + len(targets)))),
            annotations="duration,distance",
        )
        return (
            _numbers(told["durations"]), _numbers(told["distances"]),
            _off(told["sources"]), _off(told["destinations"]),
        )  # fmt: skip

    def drive(self, origin: Place, target: Place) -> Drive | None:
        """Return the quickest way with its geometry."""
        told = self._get(
            f"/route/v1/driving/{_line((origin, target))}", geometries="geojson", overview="full"
        )
        if told["code"] == "NoRoute":
            return None
        found = told["routes"][0]
        path = tuple((float(lon), float(lat)) for lon, lat in found["geometry"]["coordinates"])
        return Drive(round(found["duration"] * 1000), round(found["distance"] * 10), path)

    def _get(self, path: str, **asked: str) -> dict[str, Any]:
        told = _json(_asked(self._client, lambda: self._client.get(path, params=asked)))
        if told.get("code") not in {"Ok", "NoRoute"}:
            raise Refused("roads_server", url=str(self._client.base_url), problem=told.get("code"))
        return told


class ValhallaServer(_Server):
    """A `valhalla_service`."""

    name = "valhalla-server"

    def __init__(self, client: httpx.Client, status: dict[str, Any]) -> None:
        """Ask a server that has told its version and the age of its tiles."""
        super().__init__(client)
        self._data = f"{status['version']}/{status.get('tileset_last_modified', 'unnamed')}"

    @property
    def version(self) -> str:
        """Name the engine, its version and the age of its tiles."""
        return f"{self.name}/{self._data}"

    def _square(
        self, origins: Sequence[Place], targets: Sequence[Place]
    ) -> tuple[Real, Real, Real, Real]:
        told = self._post("/sources_to_targets", sources=_spots(origins), targets=_spots(targets))
        rows = told["sources_to_targets"]
        seconds = _numbers([[pair["time"] for pair in row] for row in rows])
        km = _numbers([[pair["distance"] for pair in row] for row in rows])
        return seconds, km * 1000, np.zeros(len(origins)), np.zeros(len(targets))

    def drive(self, origin: Place, target: Place) -> Drive | None:
        """Return the quickest way with its geometry."""
        told = self._post("/route", locations=_spots((origin, target)))
        if "trip" not in told:
            return None
        whole = told["trip"]["summary"]
        path = tuple(polyline(told["trip"]["legs"][0]["shape"]))
        return Drive(round(whole["time"] * 1000), round(whole["length"] * 10_000), path)

    def _post(self, path: str, **asked: Any) -> dict[str, Any]:
        body = asked | {"costing": "auto", "units": "kilometers"}
        answer = _asked(self._client, lambda: self._client.post(path, json=body))
        told = _json(answer)
        if answer.is_success or told.get("error_code") in _NO_PATH:
            return told
        problem = told.get("error", answer.status_code)
        raise Refused("roads_server", url=str(self._client.base_url), problem=problem)


_NO_PATH = frozenset({170, 171, 442})
"""Valhalla's codes for places that no way joins or that lie at no road."""


def polyline(text: str) -> list[tuple[float, float]]:
    """Return the (lon, lat) of an encoded line with six digits."""
    values, value, shift = [], 0, 0
    for letter in text:
        bits = ord(letter) - 63
        value |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            values.append(~(value >> 1) if value & 1 else value >> 1)
            value, shift = 0, 0
    steps = np.cumsum(np.array(values, dtype=float).reshape(-1, 2), axis=0) / 1e6
    return [(float(lon), float(lat)) for lat, lon in steps]


def _asked(client: httpx.Client, ask: Callable[[], httpx.Response]) -> httpx.Response:
    try:
        return ask()
    except httpx.HTTPError as problem:
        told = str(problem) or type(problem).__name__
        raise Refused("roads_server", url=str(client.base_url), problem=told) from problem


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _line(places: Sequence[Place]) -> str:
    return ";".join(f"{at.lon:.6f},{at.lat:.6f}" for at in places)


def _spots(places: Sequence[Place]) -> list[dict[str, float]]:
    return [{"lat": at.lat, "lon": at.lon} for at in places]


def _numbers(rows: Any) -> Real:
    return np.array(rows, dtype=float)


def _off(waypoints: Any) -> Real:
    return np.array([each["distance"] for each in waypoints], dtype=float)
