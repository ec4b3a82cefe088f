"""Closures: what holds at a moment, and that nothing of the past is lost."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain.kinds import AreaClass
from roads.conditions import Conditions
from roads.reading import read_now
from store import closures
from store.closures import Closure
from store.tables.land import StreetRow
from tests.store.builders import NOW

HOUR = timedelta(hours=1)


def a_closure(name: str = "flood", **said: Any) -> Closure:
    given: dict[str, Any] = {
        "id": name, "streets": (11, 12), "kind": None, "area_class": None, "share": 0.0,
        "reason": "water on the road", "since": NOW, "until": NOW + 2 * HOUR,
        "declared_by": "d1", "declared_at": NOW,
    }  # fmt: skip
    return Closure(**{**given, **said})


def declare(engine: Engine, *told: Closure) -> None:
    with Session(engine) as session, session.begin():
        for each in told:
            closures.declare(session, each)


def held(engine: Engine, at: datetime) -> list[str]:
    with Session(engine) as session:
        return [each.id for each in closures.in_force(session, at)]


def test_a_closure_holds_from_its_beginning_to_its_end(own_engine: Engine) -> None:
    declare(own_engine, a_closure())
    around = [NOW - HOUR, NOW, NOW + HOUR, NOW + 2 * HOUR]

    assert [held(own_engine, at) for at in around] == [[], ["flood"], ["flood"], []]


def test_a_lifted_closure_ends_then_and_is_kept(own_engine: Engine) -> None:
    declare(own_engine, a_closure(until=None))
    with Session(own_engine) as session, session.begin():
        closures.lift(session, "flood", "d2", NOW + HOUR)
        closures.lift(session, "flood", "d3", NOW + 2 * HOUR)
        found = closures.find(session, "flood")

    assert found == a_closure(until=None, lifted_by="d2", lifted_at=NOW + HOUR)
    assert held(own_engine, NOW + HOUR / 2) == ["flood"]
    assert held(own_engine, NOW + HOUR) == []


def test_the_same_closure_twice_is_one(own_engine: Engine) -> None:
    declare(own_engine, a_closure(), a_closure(reason="said again"))
    with Session(own_engine) as session:
        found = closures.find(session, "flood")

    assert found == a_closure()


def test_what_is_still_to_come_is_listed(own_engine: Engine) -> None:
    later, gone = a_closure("later", since=NOW + HOUR), a_closure("gone", until=NOW + HOUR / 4)
    declare(own_engine, later, gone)
    with Session(own_engine) as session:
        found = closures.listed(session, NOW + HOUR / 2)

    assert found == [later]


def test_what_holds_together_is_put_together(own_engine: Engine) -> None:
    storm = a_closure("storm", streets=None, kind="primary", share=0.6)
    worse = replace(storm, id="worse", share=0.4)
    hills = a_closure("hills", streets=None, area_class="remote", share=0.5)
    declare(own_engine, a_closure(), a_closure("more", streets=(12, 3)), storm, worse, hills)
    with Session(own_engine) as session:
        now = read_now(session, NOW)

    assert now.land is None
    assert now.conditions == Conditions(closed=(3, 11, 12), slow={"primary": 0.4})
    assert now.pace == {AreaClass.REMOTE: 0.5}


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "primary"}, {"streets": None}, {"share": 1.5}, {"share": 0.5},
        {"streets": None, "kind": "primary", "share": 0.0},
        {"streets": None, "area_class": "seaside", "share": 0.5},
        {"until": NOW - HOUR},
    ],
)  # fmt: skip
def test_a_closure_that_makes_no_sense_is_not_kept(
    own_engine: Engine, wrong: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError):
        declare(own_engine, a_closure(**wrong))


def lay(engine: Engine) -> None:
    """Lay two streets side by side, about 220 m apart."""
    with engine.begin() as connection:
        for number, lat in ((5, 47.0), (6, 47.002)):
            path = f"SRID=4326;LINESTRING(9 {lat},9.01 {lat})"
            row = {"id": number, "kind": "primary", "oneway": False, "path": path}
            connection.execute(insert(StreetRow).values(**row))


def test_a_street_of_another_land_is_found_out(own_engine: Engine) -> None:
    lay(own_engine)
    with Session(own_engine) as session:
        found = closures.unknown_streets(session, (5, 9, 6, 8, 9))

    assert found == [8, 9]


def test_the_nearest_street_within_reach_is_taken(own_engine: Engine) -> None:
    lay(own_engine)
    with Session(own_engine) as session:
        found = [
            closures.nearest_street(session, 9.005, lat, 100)
            for lat in (47.0004, 47.0016, 47.001, 47.01)
        ]

    assert found == [5, 6, None, None]


def test_streets_are_drawn_as_they_run(own_engine: Engine) -> None:
    lay(own_engine)
    with Session(own_engine) as session:
        found = closures.lines_of(session, (6, 7))

    assert found == {6: [[9.0, 47.002], [9.01, 47.002]]}
