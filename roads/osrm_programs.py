"""The programs of OSRM that come in its wheel: they turn a map file into road data."""

import importlib.util
import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

from domain.errors import Refused

BASE = "map.osrm"
PROFILE = "relight-car-1"
CHANGED = ("cell_metrics", "datasource_names", "geometry", "mldgr")
LEAST_PYTHON = (3, 12)
LIMIT_S = 3600
_TELLS = 300

# OSRM's own car profile, but quickest instead of most pleasant, and on tracks too: the crews of a
# utility know them. The weight of a way is its duration, so that a table and a route agree.
_LUA = """package.path = "{profiles}/?.lua;" .. package.path
local car = require("car")
local setup = car.setup
car.setup = function()
  local made = setup()
  made.properties.weight_name = "duration"
  made.speeds.highway.track = 12
  return made
end
return car
"""


def why_not() -> str | None:
    """Return why OSRM cannot run in this process, or None where it can."""
    if tuple(map(int, platform.python_version_tuple()[:2])) < LEAST_PYTHON:
        return "python"
    return None if _home() else "package"


def version() -> str:
    """Name the program and the profile, as a directory is named."""
    return f"osrm-{metadata.version('osrm-bindings')}-{PROFILE}"


def _home() -> Path | None:
    found = importlib.util.find_spec("osrm")
    places = list(found.submodule_search_locations or ()) if found else []
    home = Path(places[0]) if places else None
    return home if home and (home / "bin" / "osrm-extract").is_file() else None


def program(name: str) -> Path:
    """Return where a program of the wheel lies."""
    home = _home()
    if home is None:
        raise Refused("roads_unbuilt", program=name, problem="osrm-bindings")
    return home / "bin" / name


def build(map_file: Path, into: Path) -> None:
    """Make road data of a map file in an empty directory."""
    profiles = program("osrm-extract").parent.parent / "share" / "profiles"
    lua = into / "car.lua"
    lua.write_text(_LUA.format(profiles=profiles), encoding="utf-8")
    base = into / BASE
    _run("osrm-extract", "-p", lua, "-o", base, map_file)
    _run("osrm-partition", base)
    _run("osrm-customize", base)


def change_speeds(usual: Path, into: Path, speeds: Path) -> None:
    """Make road data with other speeds; files that stay the same are links."""
    for file in usual.glob(f"{BASE}.*"):
        kind = file.name.removeprefix(f"{BASE}.")
        if kind in CHANGED:
            (into / file.name).write_bytes(file.read_bytes())
        else:
            os.link(file, into / file.name)
    _run("osrm-customize", into / BASE, "--segment-speed-file", speeds)


def _run(name: str, *arguments: str | Path) -> None:
    command = [str(program(name)), *map(str, arguments), "-t", str(os.cpu_count() or 1)]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=LIMIT_S)
    except (subprocess.SubprocessError, OSError) as problem:
        told = getattr(problem, "stderr", None) or str(problem)
        raise Refused("roads_unbuilt", program=name, problem=told.strip()[-_TELLS:]) from problem
