"""The numbers of the whole installation: promises count down, waits age, silence is told."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from activities.relay import Relay
from domain.kinds import Hazard
from store import callbacks, projection, pulse
from tests.store.builders import NOW, REAL, Life, a_draft, take, the_policy

Told = dict[tuple[str, ...], float]
URBAN = ("jp", "urban")


def told(engine: Engine, now: datetime = NOW) -> Told:
    """Take the pulse; each number under its family and its labels."""
    with Session(engine) as session:
        return {(each.family, *each.labels): each.value for each in pulse.take(session, now)}


def put(engine: Engine, statement: str, **params: object) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement), params)


def project(engine: Engine, life: Life) -> None:
    with Session(engine) as session, session.begin():
        projection.append(session, life.state.id, life.unsent(), life.state, now=NOW)


def test_an_empty_installation_tells_zeros_and_no_time_to_a_deadline(
    own_demo_engine: Engine,
) -> None:
    found = told(own_demo_engine)

    assert found["promises_open", *URBAN] == 0
    assert found["outbox_depth", "reported"] == 0
    assert ("promise_nearest_seconds", *URBAN) not in found
    assert ("plan_age_seconds", "jp") not in found
    assert abs(found["clock_apart_seconds",]) < 60


def test_every_number_belongs_to_a_family_and_has_its_labels(own_demo_engine: Engine) -> None:
    take(own_demo_engine)
    with Session(own_demo_engine) as session:
        found = pulse.take(session, NOW)

    assert {each.family for each in found} <= set(pulse.FAMILIES)
    assert [
        each for each in found if len(each.labels) != len(pulse.FAMILIES[each.family].labels)
    ] == []
    assert {"promise_nearest_seconds", "database_bytes"} <= {each.family for each in found}


def test_a_promise_counts_down(own_demo_engine: Engine) -> None:
    promised = take(own_demo_engine).promised_arrival_at
    names = [
        ("promise_nearest_seconds", *URBAN),
        ("promises_at_risk", *URBAN, "60m"),
        ("promises_at_risk", *URBAN, "15m"),
        ("promises_overdue", *URBAN),
        ("promises_broken_today", *URBAN),
    ]
    seen = {
        left: [told(own_demo_engine, promised - timedelta(minutes=left)).get(n) for n in names]
        for left in (60, 59, 15, 14, -1)
    }

    assert seen == {
        60: [3600, 0, 0, 0, 0],
        59: [3540, 1, 0, 0, 0],
        15: [900, 1, 0, 0, 0],
        14: [840, 1, 1, 0, 0],
        -1: [None, 0, 0, 1, 1],
    }
    assert told(own_demo_engine)["promises_open", *URBAN] == 1
    assert told(own_demo_engine)["promises_open", "jp", "rural"] == 0


def test_a_promise_that_was_kept_is_open_no_longer_and_not_broken(own_demo_engine: Engine) -> None:
    outage = take(own_demo_engine)
    life = Life(own_demo_engine, outage.outage_id)
    life.repair()
    project(own_demo_engine, life)
    found = told(own_demo_engine, outage.promised_arrival_at + timedelta(hours=1))

    assert found["promises_open", *URBAN] == 0
    assert found["promises_broken_today", *URBAN] == 0


def test_a_promise_is_broken_on_the_day_of_the_district_on_which_it_was_due(
    own_demo_engine: Engine,
) -> None:
    """Due at 10:00 in the district, arrived an hour late; midnight there is 16:00 UTC."""
    outage = take(own_demo_engine)
    due = outage.promised_arrival_at
    put(own_demo_engine, "UPDATE outages SET arrived_at = :at", at=due + timedelta(minutes=55))
    found = [told(own_demo_engine, due + timedelta(hours=hours)) for hours in (1, 20)]

    assert [each["promises_broken_today", *URBAN] for each in found] == [1, 0]
    assert found[0]["promises_open", *URBAN] == 0


def test_a_danger_the_workflow_has_not_heard_of_is_counted(own_demo_engine: Engine) -> None:
    outage = take(own_demo_engine, a_draft(hazards=[Hazard.WIRE_DOWN]))
    before = told(own_demo_engine)
    life = Life(own_demo_engine, outage.outage_id)
    project(own_demo_engine, life)
    after = told(own_demo_engine, NOW + timedelta(minutes=3))

    assert before["dangers_unheard", "jp"] == 1
    assert before["tasks_unassigned", "jp", "make_safe"] == 0
    assert after["dangers_unheard", "jp"] == 0
    assert after["tasks_unassigned", "jp", "make_safe"] == 1
    assert after["tasks_unassigned_oldest_seconds", "jp", "make_safe"] == 180


def test_messages_age_by_kind_and_die_by_kind(own_demo_engine: Engine) -> None:
    take(own_demo_engine)
    waiting = told(own_demo_engine, REAL + timedelta(seconds=90))
    put(own_demo_engine, "UPDATE outbox SET dead_at = :now", now=REAL)
    dead = told(own_demo_engine, REAL + timedelta(seconds=90))

    assert waiting["outbox_depth", "reported"] == 1
    assert waiting["outbox_oldest_seconds", "reported"] == 90
    assert waiting["outbox_oldest_seconds", "act"] == 0
    assert (dead["outbox_depth", "reported"], dead["dead_letters", "reported"]) == (0, 1)


def test_calls_are_due_then_overdue(own_demo_engine: Engine) -> None:
    outage = take(own_demo_engine)
    life = Life(own_demo_engine, outage.outage_id)
    life.repair()
    project(own_demo_engine, life)
    with Session(own_demo_engine) as session, session.begin():
        callbacks.open_for(session, outage.outage_id, 1, NOW, the_policy())
    soon = told(own_demo_engine, NOW + timedelta(hours=2))
    late = told(own_demo_engine, NOW + timedelta(hours=25))

    assert (soon["open_callbacks", "jp"], soon["callbacks_due", "jp"]) == (1, 1)
    assert soon["callbacks_overdue", "jp"] == 0
    assert late["callbacks_overdue", "jp"] == 1
    assert late["callbacks_due_oldest_seconds", "jp"] > 23 * 3600


def test_every_kind_the_relay_carries_is_told_also_when_none_waits() -> None:
    deliveries = Relay._deliveries(Relay.__new__(Relay))

    assert set(pulse.KINDS) == set(deliveries)
