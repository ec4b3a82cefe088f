"""The ground of a rehearsal is laid once and then read again, never a wrong or a broken one."""

import gzip
from pathlib import Path

import pytest

from relight import sim_ground
from sim.ground import Ground
from sim.settling import manned
from sim.sheet import from_plain, to_plain
from tests.sim.towns import a_town


@pytest.fixture
def laid(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A town in the place of the invented land; the years it was laid for."""
    years: list[int] = []

    def lays(_territory: str, year: int) -> Ground:
        years.append(year)
        return a_town()

    monkeypatch.setattr(sim_ground, "_laid", lays)
    return years


def test_a_ground_on_paper_is_the_same_ground() -> None:
    assert from_plain(to_plain(a_town())) == a_town()


def test_a_ground_is_laid_once_for_each_year(laid: list[int], tmp_path: Path) -> None:
    grounds = [sim_ground.lay("small", 9000, None, year, tmp_path) for year in (2007, 2007, 2008)]

    assert laid == [2007, 2008]
    assert grounds == [manned(a_town(), sim_ground.crews_for(9000))] * 3
    assert len(list(tmp_path.iterdir())) == 2


def test_a_ground_laid_by_other_code_is_not_taken_and_is_cleared_away(
    laid: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim_ground.lay("small", 9000, None, 2007, tmp_path)
    monkeypatch.setattr(sim_ground, "TERRITORY_SEED", 2)
    sim_ground.lay("small", 9000, None, 2007, tmp_path)

    assert laid == [2007, 2007]
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "spoilt",
    [b"", b"no archive", gzip.compress(b"{}"), gzip.compress(b"[")],
    ids=["empty", "no archive", "no ground", "broken off"],
)
def test_a_spoilt_file_is_laid_anew(laid: list[int], tmp_path: Path, spoilt: bytes) -> None:
    sim_ground.lay("small", 9000, None, 2007, tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(spoilt)

    assert sim_ground.lay("small", 9000, None, 2007, tmp_path) == manned(
        a_town(), sim_ground.crews_for(9000)
    )
    assert laid == [2007, 2007]


def test_where_nothing_can_be_kept_the_ground_is_laid_all_the_same(
    laid: list[int], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")

    assert sim_ground.lay("small", 9000, None, 2007, tmp_path / "file" / "sim").teams
    assert laid == [2007]
