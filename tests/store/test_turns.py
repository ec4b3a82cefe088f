"""What crews did lately is read from their shifts, their tasks and what they said."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.board import CrewOnHand, Spell
from store import snapshots, turns
from tests.store.builders import NOW


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def a_crew(session: Session) -> CrewOnHand:
    """A crew on shift, whose turn before that ended nine hours before it began."""
    crew = next(c for c in snapshots.crews_on_hand(session, "jp", NOW) if c.shift_start < NOW)
    session.execute(
        text("DELETE FROM shifts WHERE crew_id = :crew AND starts_at < :begun"),
        {"crew": crew.id, "begun": crew.shift_start},
    )
    ended = crew.shift_start - timedelta(hours=9)
    given = {"id": "before", "crew": crew.id, "since": ended - timedelta(hours=8), "until": ended}
    session.execute(
        text(
            "INSERT INTO shifts (id, crew_id, starts_at, ends_at, max_duty_s)"
            " VALUES (:id, :crew, :since, :until, 36000)"
        ),
        given,
    )
    session.execute(text("SET LOCAL session_replication_role = replica"))
    return crew


def a_task(session: Session, crew: str, name: str, **moments: datetime | None) -> None:
    given = {"arrived": None, "finished": None, "out": None} | moments
    state = "done" if given["finished"] else "working" if given["arrived"] else "en_route"
    session.execute(
        text(
            "INSERT INTO tasks (id, outage_id, kind, state, crew_id, assigned_at, arrived_at,"
            " finished_at, known_at)"
            " VALUES (:id, 'x', 'repair', :state, :crew, :assigned, :arrived, :finished, :assigned)"
        ),
        {"id": name, "crew": crew, "state": state, **given},
    )
    if given["out"] is not None:
        session.execute(
            text(
                "INSERT INTO outage_events (outage_id, seq, kind, at, body, digest, known_at)"
                " VALUES ('x', (SELECT count(*) + 1 FROM outage_events WHERE outage_id = 'x'),"
                " 'set_out', :out, jsonb_build_object('task', CAST(:id AS text)), '', :out)"
            ),
            {"id": name, "out": given["out"]},
        )


def so_far(session: Session, crew: CrewOnHand) -> CrewOnHand:
    (found,) = turns.so_far(session, [crew], NOW)
    return found


def test_a_turn_tells_of_work_from_setting_out_to_its_end(demo_session: Session) -> None:
    crew = a_crew(demo_session)
    a_task(
        demo_session, crew.id, "x/1",
        assigned=ago(120), out=ago(90), arrived=ago(60), finished=ago(30),
    )  # fmt: skip
    a_task(demo_session, crew.id, "x/2", assigned=ago(25), out=ago(20))
    a_task(demo_session, crew.id, "x/3", assigned=ago(15))
    found = so_far(demo_session, crew)

    assert found.spells == (Spell(ago(90), ago(30), ago(60)), Spell(ago(20), None))
    assert found.turn_before == crew.shift_start - timedelta(hours=9)


def test_who_did_not_say_that_it_set_out_is_at_work_from_its_arrival_on(
    demo_session: Session,
) -> None:
    crew = a_crew(demo_session)
    a_task(demo_session, crew.id, "x/1", assigned=ago(120), arrived=ago(60), finished=ago(30))

    assert so_far(demo_session, crew).spells == (Spell(ago(60), ago(30), ago(60)),)


def test_what_another_crew_said_before_the_order_was_given_anew_does_not_count(
    demo_session: Session,
) -> None:
    crew = a_crew(demo_session)
    a_task(demo_session, crew.id, "x/1", assigned=ago(40), out=ago(90), arrived=ago(20))

    assert so_far(demo_session, crew).spells == (Spell(ago(20), None, ago(20)),)


def test_work_of_long_ago_is_not_told(demo_session: Session) -> None:
    crew = a_crew(demo_session)
    old = ago(5 * 24 * 60)
    a_task(demo_session, crew.id, "x/1", assigned=old, arrived=old, finished=old)

    assert so_far(demo_session, crew).spells == ()
