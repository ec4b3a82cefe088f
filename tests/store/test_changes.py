"""What changed is read in an order in which nothing that commits late is passed over."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from domain import actions as a
from domain.kinds import Role
from domain.place import Point
from store import changes, leases, positions, projection, roster
from store.changes import Change, Look, Mark
from store.positions import Fix
from store.reading.callbacks import CallbackSeen
from store.reading.outages import OutageSeen
from store.reading.pages import PageSeen
from store.reading.reports import ReportSeen
from store.tables import metadata
from tests.store.builders import NOW, Life, a_draft, take

CREW = "jp-crew-01"


def look(engine: Engine, after: Mark, limit: int = 500) -> Look:
    with Session(engine) as session:
        return changes.look(session, after, limit)


def told(found: Sequence[Change]) -> list[tuple[str, str]]:
    return [(change.kind, change.key) for change in found]


def note(connection: Connection, key: str) -> None:
    connection.execute(
        text("INSERT INTO changes (kind, key, districts) VALUES ('x', :key, '{}')"), {"key": key}
    )


def age(engine: Engine, key: str, days: int) -> None:
    """Make a change older than it is."""
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE changes DISABLE TRIGGER append_only"))
        connection.execute(
            text(
                "UPDATE changes SET noted_at = noted_at - :days * interval '1 day' WHERE key = :k"
            ),
            {"days": days, "k": key},
        )
        connection.execute(text("ALTER TABLE changes ENABLE TRIGGER append_only"))


def test_a_report_notes_itself_and_its_outage(own_demo_engine: Engine) -> None:
    mark = changes.begin(own_demo_engine)
    first, second = take(own_demo_engine), take(own_demo_engine, a_draft("jp-f1-s1-t1-p2"))

    found = look(own_demo_engine, mark)
    assert told(found.changes) == [
        ("outage", first.outage_id),
        ("report", first.report_id),
        ("outage", first.outage_id),
        ("report", second.report_id),
    ]
    assert {change.districts for change in found.changes} == {frozenset({"jp"})}
    assert look(own_demo_engine, found.upto).changes == ()


def test_what_commits_late_is_told_late_and_never_passed_over(own_engine: Engine) -> None:
    mark = changes.begin(own_engine)
    with own_engine.connect() as slow:
        note(slow, "drawn first")
        with own_engine.begin() as quick:
            note(quick, "committed first")
        held = look(own_engine, mark)
        assert held.changes == ()
        assert held.waiting_s > 0
        slow.commit()
    found = look(own_engine, held.upto)

    assert [change.key for change in found.changes] == ["drawn first", "committed first"]
    assert found.waiting_s == 0


def test_a_small_look_goes_on_where_it_stopped(own_engine: Engine) -> None:
    mark = changes.begin(own_engine)
    for number in range(5):
        with own_engine.begin() as connection:
            note(connection, str(number))
    keys = []
    for _ in range(4):
        found = look(own_engine, mark, limit=2)
        keys += [change.key for change in found.changes]
        mark = found.upto

    assert keys == ["0", "1", "2", "3", "4"]


def test_what_is_rolled_back_is_never_told(own_engine: Engine) -> None:
    mark = changes.begin(own_engine)
    with own_engine.connect() as connection:
        note(connection, "never")
        connection.rollback()

    assert look(own_engine, mark).changes == ()


def test_a_crew_is_told_where_it_moves_works_and_is_lent(own_demo_engine: Engine) -> None:
    engine = own_demo_engine
    now = datetime.now(UTC)

    def after(work: object) -> list[tuple[str, str, frozenset[str]]]:
        mark = changes.begin(engine)
        with Session(engine) as session, session.begin():
            work(session)  # type: ignore[operator]
        return [(c.kind, c.key, c.districts) for c in look(engine, mark).changes]

    fixes = [Fix(Point(lon=106.5, lat=29.5), NOW + timedelta(seconds=n), "phone") for n in range(3)]
    moved = after(lambda session: positions.add(session, CREW, fixes, NOW))
    again = after(lambda session: positions.add(session, CREW, fixes, NOW))
    lent = after(lambda s: leases.take(s, CREW, "yl", now, now + timedelta(hours=1)))
    back = after(lambda s: leases.release(s, CREW, "yl", now))
    shift = after(
        lambda s: roster.add_shift(
            s, "late", CREW, now + timedelta(days=2), now + timedelta(days=2, hours=1), 3600
        )
    )

    at_home, both = [("crew", CREW, frozenset({"jp"}))], [("crew", CREW, frozenset({"jp", "yl"}))]
    assert moved == at_home
    assert again == []
    assert lent == both
    assert back == both
    assert shift == both


def test_a_crew_and_its_outage_are_told_of_when_it_is_told_another_time(
    own_demo_engine: Engine,
) -> None:
    life = Life(own_demo_engine, take(own_demo_engine).outage_id)
    task = life.state.tasks[0].id
    life.act(a.Assign(task=task, crew=CREW, epoch=1, eta=NOW), role=Role.BOARD)

    def project() -> None:
        with Session(own_demo_engine) as session, session.begin():
            projection.append(session, life.state.id, life.unsent(), life.state)

    project()
    mark = changes.begin(own_demo_engine)
    what = a.Reschedule(task=task, crew=CREW, epoch=2, eta=NOW + timedelta(minutes=50))
    life.act(what, role=Role.BOARD)
    project()

    heard = told(look(own_demo_engine, mark).changes)
    assert {("crew", CREW), ("outage", life.state.id)} <= set(heard)


SHOWN = {
    "outages": OutageSeen,
    "reports": ReportSeen,
    "callbacks": CallbackSeen,
    "pages": PageSeen,
}
_WATCHED = text("""
SELECT a.attname FROM pg_trigger t
JOIN pg_attribute a ON a.attrelid = t.tgrelid AND a.attnum = ANY(t.tgattr)
WHERE t.tgname = :name
""")


@pytest.mark.parametrize("table", SHOWN)
def test_every_column_a_screen_shows_is_watched(engine: Engine, table: str) -> None:
    with engine.connect() as connection:
        watched = set(connection.scalars(_WATCHED, {"name": f"note_change_of_{table}"}))
    columns = {column.name for column in metadata.tables[table].columns} - {"id"}
    shown = {field.name for field in fields(SHOWN[table])}

    assert shown & columns - watched == set()


def test_what_the_relay_notes_of_its_own_is_not_told(own_demo_engine: Engine) -> None:
    taken = take(own_demo_engine)
    mark = changes.begin(own_demo_engine)
    with own_demo_engine.begin() as connection:
        connection.execute(
            text("UPDATE outages SET signalled_watermark = 1, signalled_at = :now WHERE id = :id"),
            {"id": taken.outage_id, "now": NOW},
        )

    assert look(own_demo_engine, mark).changes == ()


def test_the_sweep_leaves_an_edge_that_tells_who_missed_something(own_engine: Engine) -> None:
    marks = [changes.begin(own_engine)]
    for key in ("old", "older", "young"):
        with own_engine.begin() as connection:
            note(connection, key)
        marks.append(changes.begin(own_engine))
    age(own_engine, "old", days=2)
    age(own_engine, "older", days=2)
    age(own_engine, "", days=9)  # the edge that the migration laid down

    with Session(own_engine) as session, session.begin():
        before = [changes.is_kept(session, mark) for mark in marks]
        yesterday = datetime.now(UTC) - timedelta(days=1)
        gone = sum(changes.sweep(session, yesterday, batch=1) for _ in range(5))
        after = [changes.is_kept(session, mark) for mark in marks]

    assert before == [True] * 4
    assert gone == 2
    assert after == [False, False, True, True]
    assert [change.key for change in look(own_engine, marks[2]).changes] == ["young"]


def test_the_sweep_never_takes_what_nobody_may_read_yet(own_engine: Engine) -> None:
    mark = changes.begin(own_engine)
    with own_engine.connect() as slow:
        note(slow, "slow")
        with own_engine.begin() as quick:
            note(quick, "quick")
        with Session(own_engine) as session, session.begin():
            changes.sweep(session, datetime.now(UTC) + timedelta(days=1))
        slow.commit()

    assert [change.key for change in look(own_engine, mark).changes] == ["slow", "quick"]


def test_rows_of_another_servers_transactions_are_removed_at_the_beginning(
    own_engine: Engine,
) -> None:
    with own_engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO changes (xid, kind, key, districts)"
                " SELECT 1000000 + pg_current_xact_id()::text::bigint, 'x', 'restored', '{}'"
            )
        )
    mark = changes.begin(own_engine)
    with own_engine.begin() as connection:
        note(connection, "ours")
        left = connection.scalar(text("SELECT count(*) FROM changes WHERE key = 'restored'"))

    assert left == 0
    assert [change.key for change in look(own_engine, mark).changes] == ["ours"]


def test_another_database_is_another_origin(own_engine: Engine, own_demo_engine: Engine) -> None:
    with Session(own_engine) as one, Session(own_demo_engine) as other:
        assert changes.origin(one) == changes.origin(one)
        assert changes.origin(one) != changes.origin(other)


def test_a_role_without_rights_of_its_own_can_name_the_origin(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(text("CREATE ROLE plain_reader"))
        connection.execute(text("SET LOCAL ROLE plain_reader"))
        allowed = connection.scalar(text("SELECT system_identifier FROM pg_control_system()"))
        connection.rollback()

    assert allowed
