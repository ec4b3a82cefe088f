"""Road data of a map file: made once, kept in the state directory by the digest of the file.

    roads/<digest>/map.osm.pbf          the file itself
    roads/<digest>/ways.npz             its drivable segments
    roads/<digest>/<program>/map.osrm.* what OSRM makes of it, per version of OSRM and profile
    roads/<digest>/<program>/<state>/   the same with other speeds: closures, storms

Everything is made beside its place and moved there whole, under a lock, so that two processes do
not make it twice and a broken run leaves nothing that looks finished.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.errors import Refused
from roads import osrm_programs
from roads.chains import main_part
from roads.conditions import Conditions, speeds
from roads.ways import Ways, load_ways, read_ways

MAP, WAYS = "map.osm.pbf", "ways.npz"
STATES_KEPT = 4


def digest_of_file(file: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as problem:
        told = problem.strerror or str(problem)
        raise Refused("map_unreadable", file=file.name, problem=told) from problem


class RoadData:
    """The road data of one map file, in its directory."""

    def __init__(self, place: Path) -> None:
        """Use what lies in a directory named by the file's digest."""
        self.place, self.digest = place, place.name

    @property
    def ready(self) -> bool:
        """Tell whether the data are there."""
        return (self.place / WAYS).is_file()

    def ways(self) -> Ways:
        """Return the drivable segments."""
        if not self.ready:
            raise Refused("roads_missing", version=self.digest[:12])
        return load_ways(self.place / WAYS)

    def osrm(self, ways: Ways, conditions: Conditions) -> Path:
        """Return the base path of OSRM's files for some conditions, made now if they are not."""
        program = self.place / osrm_programs.version()
        _once(program, lambda into: osrm_programs.build(self.place / MAP, into))
        if conditions.usual:
            return program / osrm_programs.BASE
        state = program / conditions.digest()[:24]
        _once(state, lambda into: self._changed(ways, conditions, program, into))
        os.utime(state)
        self._forget_old(program, state)
        return state / osrm_programs.BASE

    @staticmethod
    def _changed(ways: Ways, conditions: Conditions, program: Path, into: Path) -> None:
        kmh = speeds(ways, conditions)
        rows = (kmh != ways.kmh).nonzero()[0]
        start, end = ways.node[ways.start[rows]], ways.node[ways.end[rows]]
        with (into / "speeds.csv").open("w", encoding="ascii") as file:
            columns = (start, end, kmh[rows], ways.both[rows])
            for here, there, speed, both in zip(*columns, strict=True):
                file.write(f"{here},{there},{speed:.1f}\n")
                if both:
                    file.write(f"{there},{here},{speed:.1f}\n")
        osrm_programs.change_speeds(program, into, into / "speeds.csv")

    @staticmethod
    def _forget_old(program: Path, used: Path) -> None:
        """Remove all but the states used last; who has one open keeps it in memory."""
        found = (each for each in program.iterdir() if each.is_dir() and each != used)
        states = [each for each in found if not each.name.startswith(".")]
        states.sort(key=lambda each: each.stat().st_mtime, reverse=True)
        for each in states[STATES_KEPT - 1 :]:
            shutil.rmtree(each, ignore_errors=True)


def keep(file: Path, roads_dir: Path) -> RoadData:
    """Keep a map file and its ways; refuses what is not OSM data and then changes nothing."""
    data = RoadData(roads_dir / digest_of_file(file))
    if not data.ready:
        _once(data.place, lambda into: _read(file, into))
    return data


def _read(file: Path, into: Path) -> None:
    read_ways(file).save(into / WAYS)
    shutil.copyfile(file, into / MAP)


def unused(
    roads_dir: Path, land: str | None, named: Collection[tuple[str, str]] = ()
) -> list[Path]:
    """List road data that are not of this land, or made for another version of OSRM.

    What is named, as data and program, is used: plans were made by it.
    """
    if not roads_dir.is_dir():
        return []
    lands = {each for each in roads_dir.iterdir() if each.is_dir() and each.name[0] != "."}
    kept = {each for each in lands if each.name in {land, *(data for data, _ in named)}}
    used = {roads_dir / data / program for data, program in named}
    if land is not None and osrm_programs.why_not() is None:
        used.add(roads_dir / land / osrm_programs.version())
    elif land is not None:
        # Without OSRM here nobody can tell which version another Python uses.
        used |= set((roads_dir / land).glob("osrm-*"))
    made = {program for each in kept for program in each.glob("osrm-*") if program.is_dir()}
    return sorted((lands - kept) | (made - used))


def forget(place: Path) -> None:
    """Remove road data; nobody finds them half removed."""
    with _locked(place.parent / f".{place.name}.lock"):
        gone = Path(tempfile.mkdtemp(dir=place.parent, prefix=f".making-{place.name}-"))
        if place.is_dir():
            place.rename(gone / place.name)
        shutil.rmtree(gone)


def hub(ways: Ways) -> tuple[float, float]:
    """Return a place that is surely on the main part of the roads."""
    rows = main_part(ways).nonzero()[0]
    node = int(ways.start[rows[len(rows) // 2]]) if len(rows) else 0
    return float(ways.lon[node]), float(ways.lat[node])


def _once(place: Path, make: Callable[[Path], None]) -> None:
    """Make a directory unless it is there; whoever comes second waits and finds it."""
    if place.is_dir():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    with _locked(place.parent / f".{place.name}.lock"):
        if place.is_dir():
            return
        prefix = f".making-{place.name}-"
        for broken_off in place.parent.glob(f"{prefix}*"):
            shutil.rmtree(broken_off, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=prefix) as temporary:
            made = Path(temporary) / "made"
            made.mkdir()
            make(made)
            made.rename(place)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
