"""A key customer who reports hurries the whole order, whoever called first."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from domain.kinds import KeyClass
from store import outages
from store.answers import Accepted
from tests.store.builders import NOW, a_draft, take

pytestmark = pytest.mark.servers

_HOMES = text("""
SELECT p.id FROM service_points p JOIN customers c ON c.service_point_id = p.id
WHERE p.transformer_id = (
    SELECT p.transformer_id FROM service_points p JOIN customers c ON c.service_point_id = p.id
    WHERE c.key_class = :key_class AND p.id LIKE 'jp-%' ORDER BY p.id LIMIT 1)
ORDER BY c.key_class IS NULL, p.id
""")


def homes_of(engine: Engine, key_class: str) -> list[str]:
    """The key customer's service point and then its neighbours'."""
    with engine.connect() as connection:
        return list(connection.scalars(_HOMES, {"key_class": key_class}))


def known(engine: Engine, told: Accepted) -> tuple[KeyClass | None, KeyClass | None, timedelta]:
    """The class of an outage as its row and as its tally say it, and how soon it is promised."""
    with Session(engine) as session:
        opening = outages.opening(session, told.outage_id)
        due = session.scalar(
            text("SELECT arrival_deadline - clock_start FROM outages WHERE id = :id"),
            {"id": told.outage_id},
        )
    assert due is not None
    return opening.key_class, opening.tally.key_class, due


def test_a_key_customer_who_calls_second_hurries_the_order(own_demo_engine: Engine) -> None:
    key, neighbour, other = homes_of(own_demo_engine, "1")[:3]
    first = take(own_demo_engine, a_draft(neighbour))
    assert known(own_demo_engine, first) == (None, None, timedelta(hours=1))

    second = take(own_demo_engine, a_draft(key), now=NOW + timedelta(minutes=4))
    third = take(own_demo_engine, a_draft(other), now=NOW - timedelta(minutes=2))

    assert {first.outage_id} == {second.outage_id, third.outage_id}
    half_an_hour = (KeyClass.ONE, KeyClass.ONE, timedelta(minutes=30))
    assert known(own_demo_engine, first) == half_an_hour
    assert second.promised_arrival_at == NOW + timedelta(minutes=30)
    assert third.promised_arrival_at == NOW + timedelta(minutes=28)


def test_a_lower_class_takes_nothing_from_a_higher_one(own_demo_engine: Engine) -> None:
    key, neighbour = homes_of(own_demo_engine, "special")[:2]
    with own_demo_engine.begin() as connection:
        connection.execute(
            text("UPDATE customers SET key_class = 'temporary' WHERE service_point_id = :point"),
            {"point": neighbour},
        )
    first = take(own_demo_engine, a_draft(key))

    take(own_demo_engine, a_draft(neighbour))

    assert known(own_demo_engine, first)[:2] == (KeyClass.SPECIAL, KeyClass.SPECIAL)
