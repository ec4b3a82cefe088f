"""The published technician instances: their format, and the arithmetic of time away from home."""

from pathlib import Path

import pytest

from relight.bench import technicians
from relight.bench.technician_rules import (
    Instance,
    Person,
    Request,
    Straight,
    away_from_home,
    read_best,
    read_instance,
)
from routing.planner import plan
from routing.snapshot import Stop
from routing.travel import Place

TEXT = """T1.3_2-2-2-1

INFO
CREW COUNT  SKILLS  TOOLS   SPARE PARTS
2       2       2       1

DEPOT TECHNICIANS AND REQUESTS
ID   X     Y     TWS    TWE    Serv   SKILLS   TOOLS    SPARE PARTS
0    0     0     0      100    0      [] \t[] \t[]
1    0     10    0      100    0      [0] \t[0] \t[1]
2    30    0     0      100    0      [0,1] \t[] \t[0]
3    0     20    40     50     5      [0] \t[0] \t[1]
4    30    10    0      90     5      [1] \t[] \t[0]
5    10    0     0      90     5      [1] \t[1] \t[0]
"""


def instance(tmp_path: Path) -> Instance:
    file = tmp_path / "T1.txt"
    file.write_text(TEXT, encoding="utf-8")
    return read_instance(file)


def person(**fields: object) -> Person:
    at: dict[str, object] = {"name": "1", "x": 0.0, "y": 0.0, "opens": 0.0, "closes": 100.0}
    has: dict[str, object] = {"skills": frozenset({0}), "tools": frozenset({0}), "parts": (1,)}
    return Person(**(at | has | fields))  # type: ignore[arg-type]


def request(x: float, opens: float, closes: float, **fields: object) -> Request:
    at: dict[str, object] = {"name": f"r{x}", "x": x, "y": 0.0, "opens": opens, "closes": closes}
    asks: dict[str, object] = {
        "service": 5.0, "skills": frozenset({0}), "tools": frozenset(), "parts": (0,),
    }  # fmt: skip
    return Request(**(at | asks | fields))  # type: ignore[arg-type]


def test_the_format_is_read_as_its_authors_wrote_it(tmp_path: Path) -> None:
    day = instance(tmp_path)
    assert (day.name, day.depot) == ("T1.3_2-2-2-1", (0.0, 0.0))
    assert [person.name for person in day.persons] == ["1", "2"]
    assert [request.name for request in day.requests] == ["3", "4", "5"]
    assert day.persons[1].skills == {0, 1}
    assert day.requests[0].parts == (1,)
    best = tmp_path / "best.sol"
    best.write_text("#a note\nT1.3_2-2-2-1Opt=false\nT1.3_2-2-2-1=72.5\n", encoding="utf-8")
    assert read_best(best) == {"T1.3_2-2-2-1": 72.5}


def test_who_need_not_be_there_early_leaves_home_late() -> None:
    assert away_from_home((0, 0), person(), [request(10, 40, 50)]) == (1, 25.0)
    # The second window cannot be waited for at home: only what is over before both is saved.
    two = [request(10, 20, 30), request(20, 60, 70)]
    assert away_from_home((0, 0), person(), two) == (2, 10 + 5 + 10 + 15 + 5 + 20)


def test_who_comes_too_late_is_not_counted() -> None:
    assert away_from_home((0, 0), person(), [request(10, 0, 5)]) == (0, 0.0)


def test_the_depot_is_visited_only_for_what_is_missing_and_before_it_is_needed() -> None:
    own = request(10, 0, 90, parts=(1,))
    again = request(20, 0, 90, parts=(1,))
    assert away_from_home((0, 50), person(), [own]) == (1, 25.0)
    kept, away = away_from_home((10, 0), person(), [own, again])
    assert (kept, away) == (2, 50.0)  # it lies on the way
    tool = request(10, 0, 90, tools=frozenset({1}))
    assert away_from_home((-10, 0), person(), [tool]) == (1, 45.0)


def test_a_small_day_is_planned_whole_and_the_gap_is_the_published_aim(tmp_path: Path) -> None:
    day = instance(tmp_path)
    snapshot = technicians.as_snapshot(day, by_depot=True)
    made = plan(snapshot, stop=Stop(solutions=200), travel=Straight(technicians.UNIT_S))
    assert made.unassigned == ()
    routes = {route.crew: [visit.task for visit in route.visits] for route in made.routes}
    assert routes["1"] == ["3"]
    assert sorted(routes["2"]) == ["4", "5"]
    alone = technicians.as_snapshot(day, by_depot=False)
    by_id = {task.id: task for task in alone.tasks}
    assert by_id["5"].refused_by == ("1", "2")  # nobody has that tool at home
    assert by_id["3"].refused_by == ("2",)


def test_straight_travel_agrees_with_itself() -> None:
    travel = Straight(360)
    one, two = Place(0.0, 0.0), Place(0.003, 0.004)
    assert travel.leg(one, two) == (1800, 5)
    seconds, _ = travel.matrix([one, two], [two])
    assert seconds.tolist() == [[1800], [0]]


def test_without_instances_there_is_nothing_to_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(technicians, "PLACE", tmp_path / "nowhere")
    assert technicians.measure().rows == []
