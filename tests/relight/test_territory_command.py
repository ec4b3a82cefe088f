"""`relight territory` as an operator meets it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from relight.cli import build
from relight.settings import SettingsRefused
from roads.choosing import Roads
from roads.reading import read_now
from store import land as lands
from store import network as networks


def territory(*words: str, **variables: str) -> Result:
    arguments = ["territory", *words]
    return CliRunner().invoke(build(arguments), arguments, env=variables)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("land") / "small.osm.pbf"
    told = territory("generate", "--seed", "3", "--size", "small", "--out", str(file))

    assert told.exit_code == 0
    assert "building" in told.stdout
    return file


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def refusal_of(*words: str, **variables: str) -> str:
    told = territory(*words, **variables)

    assert isinstance(told.exception, SettingsRefused)
    return str(told.exception)


def test_a_land_is_imported_and_shown(own_engine: Engine, small: Path, tmp_path: Path) -> None:
    url = url_of(own_engine)
    before = territory("show", RELIGHT_DATABASE_URL=url)
    told = territory(
        "import", str(small), RELIGHT_DATABASE_URL=url, RELIGHT_STATE_DIR=str(tmp_path)
    )
    shown = territory("show", RELIGHT_DATABASE_URL=url, RELIGHT_LANGUAGE="zh")

    assert "No land is loaded" in before.stdout
    assert (told.exit_code, shown.exit_code) == (0, 0)
    assert "is loaded" in told.stdout
    assert "seed=3 size=small" in shown.stdout
    assert "道路" in shown.stdout
    with Session(own_engine) as session:
        assert lands.counts(session).streets > 100
        assert len(networks.kept(session).service_points) > 1_000
        choice = Roads(tmp_path / "roads").choose(read_now(session, datetime.now(UTC)))
    assert choice.engine in {"osrm", "graph"}


@pytest.mark.parametrize(
    ("content", "language", "words"),
    [
        (b"this is a letter", "en", "is not a map that can be read"),
        (b"this is a letter", "zh", "不是可读取的地图"),
        (None, "en", "There is no file"),
    ],
)
def test_a_file_that_is_no_map_changes_nothing(
    own_engine: Engine, small: Path, tmp_path: Path, content: bytes | None, language: str,
    words: str,
) -> None:  # fmt: skip
    url = url_of(own_engine)
    state = str(tmp_path / "state")
    territory("import", str(small), RELIGHT_DATABASE_URL=url, RELIGHT_STATE_DIR=state)
    with Session(own_engine) as session:
        kept = lands.sheet(session), lands.counts(session)
    file = tmp_path / "letter.osm.pbf"
    if content is not None:
        file.write_bytes(content)
    told = refusal_of("import", str(file), RELIGHT_DATABASE_URL=url, RELIGHT_LANGUAGE=language)

    assert words in told
    with Session(own_engine) as session:
        assert (lands.sheet(session), lands.counts(session)) == kept


def test_a_folder_that_is_not_there_and_a_size_that_is_none_are_told(tmp_path: Path) -> None:
    away = tmp_path / "none" / "land.osm.pbf"
    size = refusal_of("generate", "--size", "huge", "--out", str(tmp_path / "land.osm.pbf"))

    assert str(away) in refusal_of("generate", "--size", "small", "--out", str(away))
    assert "full, small" in size
    assert list(tmp_path.iterdir()) == []


def test_without_a_database_that_answers_it_is_told(small: Path) -> None:
    dead = "postgresql+psycopg://nobody@127.0.0.1:9/none"

    assert "does not answer" in refusal_of("import", str(small), RELIGHT_DATABASE_URL=dead)
    assert "does not answer" in refusal_of("show", RELIGHT_DATABASE_URL=dead)
