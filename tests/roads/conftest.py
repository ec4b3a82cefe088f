"""Road data of a small map, made once for all tests that only read them."""

from pathlib import Path

import pytest

from roads import osrm_programs
from roads.conditions import USUAL, Conditions
from roads.data import RoadData, hub, keep
from roads.engine import Engine
from roads.graph import GraphRoads
from roads.osrm import OsrmRoads
from roads.ways import Ways
from tests.roads.streets import write_map


@pytest.fixture(scope="session")
def map_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_map(tmp_path_factory.mktemp("map") / "town.osm.pbf")


@pytest.fixture(scope="session")
def roads_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("roads")


@pytest.fixture(scope="session")
def data(map_file: Path, roads_dir: Path) -> RoadData:
    return keep(map_file, roads_dir)


@pytest.fixture(scope="session")
def ways(data: RoadData) -> Ways:
    return data.ways()


class Engines:
    """Builds both engines under any conditions."""

    def __init__(self, data: RoadData, ways: Ways) -> None:
        self.data, self.ways = data, ways

    def build(self, name: str, conditions: Conditions = USUAL) -> Engine:
        label = self.data.digest[:12]
        if name == "graph":
            return GraphRoads(self.ways, label, conditions)
        if (missing := osrm_programs.why_not()) is not None:
            pytest.skip(f"OSRM cannot run here: {missing}")
        return OsrmRoads(self.data.osrm(self.ways, conditions), label, hub(self.ways))


@pytest.fixture(scope="session")
def engines(data: RoadData, ways: Ways) -> Engines:
    return Engines(data, ways)


@pytest.fixture(params=["osrm", "graph"])
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)
