"""The noise is the world's alone, and comes at the rates it says."""

import subprocess
import sys
import tomllib
from datetime import timedelta
from zoneinfo import ZoneInfo

from relight.settings import CODE
from sim.chance import rates
from sim.chance.faults import faults_of, storm_day, year_of
from tests.sim.towns import FIRST, a_town

SHOWN = """
import sys, sim.house.board, sim.house.strategies
print([name for name in sys.modules if name.startswith(("sim.chance", "sim.field"))])
"""


def contracts() -> list[dict[str, object]]:
    project = tomllib.loads((CODE / "pyproject.toml").read_text())
    found: list[dict[str, object]] = project["tool"]["importlinter"]["contracts"]
    return found


def test_neither_the_planner_nor_the_grouping_may_import_the_noise() -> None:
    held = [each for each in contracts() if "sim.chance" in each.get("forbidden_modules", [])]

    assert len(held) == 1
    assert held[0]["type"] == "forbidden"
    assert {"domain", "routing", "sim.house"} <= set(held[0]["source_modules"])
    assert {"sim.chance", "sim.field"} <= set(held[0]["forbidden_modules"])
    assert not held[0].get("ignore_imports")


def test_the_desks_side_loads_without_the_worlds() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            SHOWN,
        ],
        cwd=CODE,
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.strip() == "[]"


def test_a_year_has_as_many_faults_as_asked_and_three_storms() -> None:
    days = year_of(2007, rates.REPAIRS_A_YEAR, seed=5)

    assert sum(days.faults) == rates.REPAIRS_A_YEAR
    assert len(days.faults) == 365
    assert sorted(days.storms.values()) == sorted(rates.STORMS_A_YEAR)
    summer = sum(count for day, count in days.each() if day.month in (7, 8))
    assert summer > sum(count for day, count in days.each() if day.month in (2, 11))


def test_a_storm_day_has_so_many_times_the_faults() -> None:
    usual, heavy = (storm_day(FIRST, rates.REPAIRS_A_YEAR, each) for each in (None, "heavy"))

    assert usual.faults == (46,)
    assert heavy.faults == (364,)


def test_faults_lie_on_their_day_and_somebody_calls_of_each() -> None:
    days = storm_day(FIRST, 36_500, "light")
    faults = list(faults_of(days, a_town(), seed=2))

    assert len({fault.id for fault in faults}) == 300
    begins = days.begins(a_town_zone())
    for fault in faults:
        assert begins <= fault.off < begins + timedelta(days=1)
        assert fault.calls
        assert all(call.home in fault.homes and call.at > fault.off for call in fault.calls)
        least, most = rates.WORK_FROM_MIN, rates.WORK_TO_MIN
        assert timedelta(minutes=least) <= fault.work <= timedelta(minutes=most)


def a_town_zone() -> ZoneInfo:
    return ZoneInfo(a_town().time_zone)
