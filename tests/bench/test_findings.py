"""What the measurements compute, and that they can be read in both languages."""

import re
from collections import Counter
from pathlib import Path

import pytest

from domain.words import LANGUAGES, catalogue
from relight.bench import command
from relight.bench.findings import Finding, share, show, written
from relight.bench.history_size import size_of
from relight.bench.nearest import first_come
from relight.bench.planner import invent
from relight.bench.storm import calls_of
from relight.bench.territory import CITY, homes_of, one_home_per_section, wide_district
from routing.inspection import check
from routing.planner import plan
from routing.snapshot import Stop
from tests.histories import kept
from tests.routing.builders import a_crew, a_snapshot, a_task


@pytest.mark.parametrize(
    ("percent", "expected"), [(50, 5.0), (95, 10.0), (100, 10.0), (10, 1.0), (1, 1.0)]
)
def test_a_share_is_a_value_that_was_measured(percent: float, expected: float) -> None:
    assert share([float(n) for n in range(10, 0, -1)], percent) == expected


def test_of_nothing_there_is_no_share() -> None:
    assert share([], 95) == -1.0


def test_numbers_are_written_as_short_as_they_are_worth() -> None:
    assert [written(n) for n in (0.0614, 162.4, 7, "spread")] == ["0.061", "162", "7", "spread"]


def test_every_column_and_title_has_words() -> None:
    folder = Path(command.__file__).parent
    columns = {
        column
        for file in folder.glob("*.py")
        for column in re.findall(r'^ +"([a-z][a-z0-9_]+)": ', file.read_text(), re.MULTILINE)
    }
    wanted = {f"bench.{name}" for name in columns - MACHINE - INNER - set(command.BENCHES)}
    wanted |= {f"bench.title_{name}" for name in command.BENCHES}

    assert all(wanted <= catalogue(language).keys() for language in LANGUAGES)


MACHINE = {"processors", "machine", "system", "python", "load_after"}
INNER = {"driver", "engine", "board", "patient", "spread", "one_feeder"}


def test_a_finding_is_shown_under_its_title(capsys: pytest.CaptureFixture[str]) -> None:
    show(Finding("storm", [{"section": "jp-f1-s1", "outages": 1}]), "en")
    shown = capsys.readouterr().out

    assert "200 first calls" in shown
    assert "jp-f1-s1" in shown


def test_a_history_is_measured_by_its_events_signals_and_payloads() -> None:
    size = size_of(next(h for h in kept.read_histories("crowd") if "outage/" in h.workflow_id))

    assert size.events > 100
    assert size.signals.keys() == {"reported"}
    assert 1_000 < size.largest_payload < 64 * 1024
    assert size.largest_payload * 5 < size.payloads < size.largest_payload * size.events


def test_half_of_a_storm_knows_only_where_it_is() -> None:
    calls = calls_of("jp-f1-s1", 200)
    places = [call["place"] for call in calls]
    named = [place["service_point_id"] for place in places if "service_point_id" in place]

    assert len(named) == sum("at" in place for place in places) == 100
    assert len({point.rpartition("-")[0] for point in named}) == 5


def test_homes_of_different_sections_are_never_one_outage() -> None:
    plan_of_it = wide_district("bs", 108.5)
    homes = one_home_per_section(plan_of_it)

    assert len({home.section for home in homes}) == len(homes) == 72
    assert Counter(home.section[-2:] for home in homes[:60]) == {"s1": 24, "s2": 24, "s3": 12}


def test_a_city_has_five_transformers_a_section() -> None:
    transformers = {home.transformer for home in homes_of(CITY) if home.section == "jp-f1-s1"}

    assert len(transformers) == 5


def test_first_come_sends_whoever_is_there_first_and_nobody_unfit() -> None:
    near, far = a_crew("near"), a_crew("far", 10, skills=("cable",))
    task = a_task("t1", skills=("cable",))
    fit = first_come(a_snapshot(near, far, task))
    nobody = first_come(a_snapshot(near, task))

    assert fit.unassigned == 0
    assert fit.travel > 0
    assert nobody.unassigned > 0


def test_first_come_sees_to_danger_before_all_else() -> None:
    crew = a_crew("only")
    early = a_task("early", 5)
    danger = a_task("danger", -5, danger=True, deadline=None)
    cost = first_come(a_snapshot(crew, early, danger))
    alone = first_come(a_snapshot(crew, danger))

    assert cost.danger == alone.danger


def test_the_plan_of_an_invented_district_is_sound_and_no_worse_than_first_come() -> None:
    snapshot = invent(12, 4, seed=1)
    made = plan(snapshot, stop=Stop(solutions=100, wall_s=20))

    assert check(snapshot, made) == ()
    assert made.cost.total <= first_come(snapshot).total


def test_tiles_are_taken_from_the_land_in_an_order_that_never_changes() -> None:
    from relight.bench.tiles import spots
    from territory.land import Bounds

    box = Bounds(west=106.2, south=29.3, east=106.8, north=29.7)

    assert spots(box, 14) == spots(box, 14)
    assert len(set(spots(box, 14))) == 40
    assert len(spots(box, 8)) < 40
