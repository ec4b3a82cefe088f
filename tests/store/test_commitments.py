"""What a reporter said can be proven while it is kept, and is untraceable afterwards."""

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from store import commitments, erasures
from store.privacy import register
from tests.store.builders import NOW, a_draft, take


def states(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return [each.state for each in commitments.check(session)]


def test_every_personal_field_of_a_report_is_committed_to() -> None:
    personal = {column for table, column in register().about("reporter") if table == "reports"}

    assert personal - {"salt", "at"} | {"lon", "lat"} == set(commitments.FIELDS)


def test_a_commitment_holds_is_found_broken_and_outlives_the_person(
    own_demo_engine: Engine,
) -> None:
    take(own_demo_engine, a_draft(reporter_name="李", reporter_phone="139", note="二楼"))
    point = take(own_demo_engine, a_draft((106.551234567, 29.5598765), reporter_name="Li"))
    assert states(own_demo_engine) == ["holds", "holds"]

    with own_demo_engine.connect() as connection:
        # Somebody with the keys to the server can do what the guards refuse to everybody else.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE reports SET note = '三楼' WHERE note IS NOT NULL"))
        with Session(connection) as session:
            assert [each.state for each in commitments.check(session)] == ["broken", "holds"]

    query = text("SELECT commitment FROM reports WHERE id = :id")
    with Session(own_demo_engine) as session, session.begin():
        before = session.scalar(query, {"id": point.report_id})
        erasures.erase_persons(session, [point.report_id], at=NOW, by="me", why="asked")
        after = session.scalar(query, {"id": point.report_id})
    assert states(own_demo_engine) == ["holds", "forgotten"]
    assert before == after
