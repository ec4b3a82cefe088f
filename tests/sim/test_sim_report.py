"""What `relight sim` prints and keeps, and how it is refused."""

import json
from pathlib import Path

import pytest

from domain.words import LANGUAGES, catalogue
from relight import sim, sim_report
from relight.settings import SettingsRefused, load_settings
from relight.sim_ground import crews_for
from sim.house.strategies import STRATEGIES
from sim.lateness import Because
from tests.domain.builders import policy_named
from tests.sim.towns import a_rehearsal

POLICY = policy_named("state_grid_ceiling")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_holds_all_strategies_beside_the_figures_of_2007(
    lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rehearsal = a_rehearsal(14)
    ran = {name: sim.play_one(rehearsal, name, lang, lambda: 0.0) for name in STRATEGIES}
    sim_report.show(ran, POLICY, lang)
    shown = capsys.readouterr().out

    for name in STRATEGIES:
        assert catalogue(lang)[f"sim.strategy_{name}"].split()[0] in shown
        assert ran[name].digest[:12] in shown
    assert "99.85 % (16,604/16,629)" in shown
    kept = json.loads(json.dumps(sim_report.as_json(ran, POLICY)))
    assert kept["strategies"]["planner"]["faults"] == 14
    assert kept["chongqing_2007"] == {"repairs": 16629, "on_time": 16604}


def test_every_reason_has_words() -> None:
    for lang in LANGUAGES:
        assert {f"sim.because.{each.value}" for each in Because} <= catalogue(lang).keys()


def test_a_city_of_2007_has_a_crew_for_every_repair_and_a_half_of_a_day() -> None:
    assert crews_for(16_629) == 33
    assert crews_for(100) == 6


def test_a_policy_that_is_not_installed_is_refused_with_those_that_are() -> None:
    with pytest.raises(SettingsRefused, match="regulatory_floor"):
        sim._policy("nothing", load_settings(running=False), "en")


def test_a_policy_of_the_installation_is_taken() -> None:
    file = Path("policies") / "karamay.toml"

    assert sim._policy("karamay", load_settings(running=False), "en").name == file.stem


def test_every_month_that_is_over_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    rehearsal = a_rehearsal(*[1] * 40)

    sim.play_one(rehearsal, "first_come", "en", lambda: 0.0)

    told = [line for line in capsys.readouterr().out.splitlines() if "is over" in line]
    assert len(told) == 1
    assert "2007-07" in told[0]
