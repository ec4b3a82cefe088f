"""Road data: made once, whole or not at all, and refused where there is no road."""

import subprocess
import sys
from pathlib import Path

import osmium
import pytest

from domain.errors import Refused
from domain.words import say
from roads import osrm_programs
from roads.conditions import USUAL, Conditions
from roads.data import STATES_KEPT, RoadData, digest_of_file, keep
from roads.ways import KINDS, Ways
from tests.roads.streets import TRACK, write_map


def test_a_map_is_kept_by_its_digest(map_file: Path, tmp_path: Path) -> None:
    data = keep(map_file, tmp_path)

    assert data.place == tmp_path / digest_of_file(map_file)
    assert (data.place / "map.osm.pbf").read_bytes() == map_file.read_bytes()


def test_what_is_kept_is_not_made_again(map_file: Path, tmp_path: Path) -> None:
    first = keep(map_file, tmp_path)
    (first.place / "map.osm.pbf").write_bytes(b"touched")

    assert (keep(map_file, tmp_path).place / "map.osm.pbf").read_bytes() == b"touched"


@pytest.mark.parametrize("content", [b"", b"not a map at all", bytes(range(256)) * 40])
def test_what_is_no_map_is_refused_and_changes_nothing(content: bytes, tmp_path: Path) -> None:
    file, state = tmp_path / "wrong.osm.pbf", tmp_path / "state"
    file.write_bytes(content)

    with pytest.raises(Refused) as refusal:
        keep(file, state)

    assert refusal.value.code in {"map_unreadable", "map_without_roads"}
    assert "wrong.osm.pbf" in say(f"refused.{refusal.value.code}", "en", **refusal.value.params)
    assert [each for each in state.iterdir() if not each.name.endswith(".lock")] == []


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="map_unreadable"):
        keep(tmp_path / "nowhere.osm.pbf", tmp_path / "state")


def test_a_map_without_roads_is_refused(tmp_path: Path) -> None:
    with osmium.SimpleWriter(str(tmp_path / "sea.osm.pbf")) as writer:
        writer.add_node(osmium.osm.mutable.Node(id=1, location=(1.0, 1.0)))

    with pytest.raises(Refused, match="map_without_roads"):
        keep(tmp_path / "sea.osm.pbf", tmp_path / "state")


def test_footways_are_no_roads_and_tracks_are(ways: Ways) -> None:
    assert 800 not in ways.way
    assert KINDS[int(ways.kind[ways.way == TRACK][0])] == "track"


def test_two_processes_make_road_data_once(map_file: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from roads.data import keep; "
        "print(keep(Path(sys.argv[1]), Path(sys.argv[2])).ready)"
    )
    command = [sys.executable, "-c", code, str(map_file), str(tmp_path)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [each.communicate()[0].strip() for each in both]

    assert told == ["True", "True"]
    assert sum(each.is_dir() for each in tmp_path.iterdir()) == 1


def test_a_broken_off_build_is_cleared_away(map_file: Path, tmp_path: Path) -> None:
    left = tmp_path / f".making-{digest_of_file(map_file)}-abc" / "made"
    left.mkdir(parents=True)

    assert keep(map_file, tmp_path).ready
    assert not left.parent.exists()


def test_data_of_a_land_that_is_not_here_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="roads_missing"):
        RoadData(tmp_path / "0123").ways()


@pytest.mark.skipif(osrm_programs.why_not() is not None, reason="OSRM needs Python 3.12")
class TestOsrm:
    def test_a_map_osrm_cannot_read_leaves_nothing_behind(self, tmp_path: Path) -> None:
        data = keep(write_map(tmp_path / "town.osm.pbf"), tmp_path / "state")
        (data.place / "map.osm.pbf").write_bytes(b"garbage")

        with pytest.raises(Refused, match="roads_unbuilt"):
            data.osrm(data.ways(), USUAL)

        assert not any(each.is_dir() for each in data.place.iterdir())

    def test_only_the_states_used_last_are_kept(self, tmp_path: Path) -> None:
        data = keep(write_map(tmp_path / "town.osm.pbf"), tmp_path / "state")
        ways = data.ways()
        bases = [
            data.osrm(ways, Conditions(closed=(100 + each,))) for each in range(STATES_KEPT + 1)
        ]

        assert not bases[0].parent.exists()
        assert all(base.parent.is_dir() for base in bases[1:])

    def test_a_closure_leaves_the_usual_roads_as_they_were(self, tmp_path: Path) -> None:
        data = keep(write_map(tmp_path / "town.osm.pbf"), tmp_path / "state")
        ways = data.ways()
        usual = data.osrm(ways, USUAL).parent
        before = {each.name: each.read_bytes() for each in usual.glob("map.osrm.*")}
        data.osrm(ways, Conditions(closed=(100,)))

        assert {each.name: each.read_bytes() for each in usual.glob("map.osrm.*")} == before
