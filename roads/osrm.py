"""OSRM in this process: Python 3.12 and later. Not fork-safe: made in the process that uses it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from roads import osrm_programs
from roads.engine import NO_WAY, Drive, Table, as_whole
from routing.travel import Place


class OsrmRoads:
    """Road data of OSRM, asked in this process.

    Every question also names the hub, a place on the main part of the roads. OSRM snaps to a small
    part when all places of a question lie nearest to it, so that without the hub the answer for
    two places would depend on the others.
    """

    name = "osrm"
    exact = False  # metres may differ in the last decimetre; milliseconds never do

    def __init__(self, base: Path, data: str, hub: tuple[float, float]) -> None:
        """Load the files that begin with a base path; `data` names them."""
        import osrm  # noqa: PLC0415 - not there below Python 3.12

        self._osrm, self._data, self._hub = osrm, data, hub
        self._engine = osrm.OSRM(
            storage_config=str(base),
            algorithm="MLD",
            use_shared_memory=False,
            max_locations_distance_table=-1,
            max_locations_viaroute=-1,
        )

    @property
    def version(self) -> str:
        """Name the program, the profile and the data."""
        return f"{osrm_programs.version()}/{self._data}"

    def table(self, origins: Sequence[Place], targets: Sequence[Place]) -> Table:
        """Return every pair of origins and targets."""
        count = len(origins)
        if not count or not targets:
            none = np.full((count, len(targets)), NO_WAY)
            return Table(none, none, np.zeros(count), np.zeros(len(targets)))
        told = self._engine.Table(
            self._osrm.TableParameters(
                coordinates=[*((at.lon, at.lat) for at in (*origins, *targets)), self._hub],
                sources=list(range(count)),
                destinations=list(range(count, count + len(targets))),
                annotations=["duration", "distance"],
                generate_hints=False,
            )
        )
        ms = as_whole(_rows(told["durations"]), 1000)
        dm = as_whole(_rows(told["distances"]), 10)
        return Table(
            ms, np.where(ms < 0, NO_WAY, dm), _off(told["sources"]), _off(told["destinations"])
        )

    def drive(self, origin: Place, target: Place) -> Drive | None:
        """Return the quickest way with its geometry; its numbers are those of the table."""
        told = self.table([origin], [target])
        if told.ms[0, 0] < 0:
            return None
        found = self._engine.Route(
            self._osrm.RouteParameters(
                coordinates=[self._on_road(origin), self._on_road(target)],
                geometries="geojson",
                overview="full",
                generate_hints=False,
            )
        )
        path = tuple((float(lon), float(lat)) for lon, lat in _line(found))
        return Drive(int(told.ms[0, 0]), int(told.dm[0, 0]), path)

    def _on_road(self, place: Place) -> tuple[float, float]:
        """Return where a place meets the main roads."""
        told = self._engine.Table(
            self._osrm.TableParameters(
                coordinates=[(place.lon, place.lat), self._hub], sources=[0], destinations=[1],
                generate_hints=False,
            )
        )  # fmt: skip
        lon, lat = told["sources"][0]["location"]
        return float(lon), float(lat)


def _rows(told: Any) -> Any:
    return np.array([list(row) for row in told], dtype=float)


def _off(waypoints: Any) -> Any:
    return np.array([each["distance"] for each in waypoints], dtype=float)


def _line(found: Any) -> list[Any]:
    return [list(point) for point in found["routes"][0]["geometry"]["coordinates"]]
