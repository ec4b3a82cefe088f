"""`relight network` as its user meets it: everything wrong is said, and nothing half is loaded."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from relight.cli import build
from relight.settings import CODE, SettingsRefused
from store import network as networks
from territory.files.reading import read_network
from territory.files.writing import write_tables
from territory.network import KINDS, Network
from tests.conftest import MakeDatabase
from tests.territory.tiny import a_network, changed, with_rows

BROOK = CODE / "tests" / "territory" / "feeder" / "master.dss"

pytestmark = pytest.mark.servers


@pytest.fixture
def url(make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch) -> str:
    url = make_database()
    monkeypatch.setenv("RELIGHT_DATABASE_URL", url)
    return url


def relight(*words: str) -> Result:
    return CliRunner().invoke(build(["network"]), ["network", *words])


def written(place: Path, network: Network) -> str:
    write_tables(network, place)
    return str(place)


def loaded(url: str) -> Network:
    engine = create_engine(url)
    with Session(engine) as session:
        found = networks.kept(session)
    engine.dispose()
    return found


def by_id(network: Network) -> dict[str, list[object]]:
    return {kind: sorted(network.rows(kind)) for kind in KINDS}


def test_a_sound_network_is_counted(tmp_path: Path) -> None:
    told = relight("check", written(tmp_path, a_network()))

    assert told.exit_code == 0, told.output
    assert "4 sections, 5 devices (2 breakers, 1 fuses, 1 switches, 1 normally open ties)" in (
        told.output
    )


def test_every_fault_is_said_and_nothing_is_loaded(tmp_path: Path, url: str) -> None:
    network = changed(a_network(), "sections", "a1", parent_section_id="a2")
    network = changed(network, "depots", "d-depot", at=(200.0, 0.0))
    told = relight("import", written(tmp_path, network))

    assert told.exit_code == 1
    assert "sections.csv, row 2 (a1), parent_section_id: These sections feed" in told.output
    assert "depots.csv, row 2 (d-depot), at: 200.0, 0.0 is no place on earth" in told.output
    assert "The network has 3 faults. Nothing was changed." in told.output
    assert loaded(url) == Network()


def test_many_faults_of_one_kind_are_counted_unless_all_are_wanted(tmp_path: Path) -> None:
    points = tuple(
        row._replace(id=f"{row.id}-{n}", transformer_id="gone")
        for row in a_network().service_points for n in range(10)
    )  # fmt: skip
    place = written(tmp_path, with_rows(a_network(), "service_points", points))
    few, many = relight("check", place), relight("check", place, "--all")

    assert few.output.count("gone is not among") == 20
    assert "... and 20 more like these." in few.output
    assert many.output.count("gone is not among") == 40


def test_a_network_goes_in_and_comes_out_the_same(tmp_path: Path, url: str) -> None:
    told = relight("import", written(tmp_path / "in", a_network()))
    for out, form in (("tables", ["--csv"]), ("features", []), ("one.geojson", [])):
        exported = relight("export", str(tmp_path / out), *form)

        assert exported.exit_code == 0, exported.output
        assert by_id(read_network(tmp_path / out).network) == by_id(a_network())
    assert told.exit_code == 0, told.output
    assert by_id(loaded(url)) == by_id(a_network())


def test_the_small_demo_is_a_sound_network_too(
    tmp_path: Path, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELIGHT_DATABASE_URL", make_database(demo=True))
    relight("export", str(tmp_path), "--csv")
    reading = read_network(tmp_path)

    assert {fault.code for fault in reading.faults} <= {"nothing_of_kind", "section_without_device"}


def test_an_opendss_feeder_goes_in_where_it_is_placed(url: str) -> None:
    told = relight("import", str(BROOK), "--origin", "106.55,29.56", "--unit", "ft")

    assert told.exit_code == 0, told.output
    assert "5 devices (1 breakers, 1 fuses, 1 reclosers, 1 switches, 1 normally open ties)" in (
        told.output
    )
    assert len(loaded(url).transformers) == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Say where its middle lies"),
        (["--origin", "here"], "must read --origin LON,LAT"),
        (["--origin", "206,29"], "must read --origin LON,LAT"),
        (["--origin", "106,29", "--unit", "li"], "li is no unit here. Use one of: m, ft, km."),
    ],
)
def test_a_feeder_must_be_placed(words: list[str], said: str) -> None:
    told = relight("check", str(BROOK), *words)

    assert said in str(told.exception)


@pytest.mark.parametrize("words", [["check", "gone"], ["import", "gone"], ["export", "here"]])
def test_what_cannot_be_is_said_in_a_sentence(words: list[str], url: str) -> None:
    told = relight(*words)

    assert isinstance(told.exception, SettingsRefused)
    assert str(told.exception).endswith(".")
    assert url
