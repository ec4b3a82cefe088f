"""What was said goes by one way only: noted first, in the same transaction, and no further."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from store import erasures, photos
from tests.conftest import MakeDatabase
from tests.store.builders import NOW, a_draft, a_kept_picture, a_photo, take

LATER = NOW + timedelta(days=1)


@pytest.fixture(scope="module")
def furnished(make_database: MakeDatabase) -> Iterator[Engine]:
    """A report, a callback with a note, an event, and erasures of days gone by."""
    engine = create_engine(make_database(demo=True))
    take(engine, a_draft(reporter_name="Li", note="two floors"))
    with Session(engine) as session, session.begin():
        for statement in (
            """
            INSERT INTO callbacks (id, outage_id, report_id, district_id, restoration_no,
                due_from, due_by, next_attempt_at)
            SELECT 'cb_1', outage_id, id, district_id, 1, :now, :now, :now FROM reports
            """,
            """
            INSERT INTO callback_attempts (id, action_id, callback_id, agent, at, result, note)
            VALUES ('try_1', 'a', 'cb_1', 'ann', :now, 'unanswered', 'call the neighbour')
            """,
            """
            INSERT INTO outage_events (outage_id, seq, kind, at, body, digest, known_at)
            SELECT id, 1, 'opened', :now, '{}', '', :now FROM outages
            """,
        ):
            session.execute(text(statement), {"now": NOW})
        note(session, "positions", "persons")
        outage = session.scalar(text("SELECT id FROM outages")) or ""
        photos.keep(session, a_photo(outage, note="pole 14"), a_kept_picture())
    yield engine
    engine.dispose()


def note(session: Session, *rules: str) -> None:
    for rule in rules:
        erasures.note(session, rule, at=NOW, by="me", why="asked", counts={}, before=NOW)


def refused(engine: Engine, change: str, *rules: str) -> str:
    """Note some erasures, try a change, and return the state it was refused with."""
    with Session(engine) as session:
        note(session, *rules)
        with pytest.raises(DBAPIError) as refusal:
            session.execute(text(change), {"at": LATER} if ":at" in change else {})
    return str(refusal.value.orig.sqlstate)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM positions",
        "UPDATE positions SET device = 'other'",
        "UPDATE callback_attempts SET note = NULL",
        "DELETE FROM callback_attempts",
        "UPDATE reports SET note = 'other'",
        "UPDATE reports SET salt = NULL",
        "UPDATE reports SET at = ST_SetSRID(ST_MakePoint(0, 0), 4326)",
        "DELETE FROM reports",
        "UPDATE photos SET note = NULL, gone_at = :at",
        "DELETE FROM photos",
        "DELETE FROM pictures",
        "UPDATE pictures SET image = ''",
    ],
)
def test_nothing_goes_that_its_own_transaction_did_not_note(furnished: Engine, change: str) -> None:
    assert refused(furnished, change) == "RL001"
    assert refused(furnished, change, "outbox") == "RL001"


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM positions WHERE received_at >= '2026-03-02T01:00Z'",
        "UPDATE positions SET device = 'other'",
        "UPDATE callback_attempts SET note = 'nicer'",
        "UPDATE callback_attempts SET note = NULL, satisfied = true",
        "DELETE FROM callback_attempts",
        "UPDATE reports SET note = 'nicer', forgotten_at = :at",
        "UPDATE reports SET note = NULL, forgotten_at = :at",
        "UPDATE reports SET commitment = NULL, forgotten_at = :at",
        "DELETE FROM reports",
        "UPDATE photos SET note = 'nicer', gone_at = :at",
        "UPDATE photos SET note = NULL",
        "UPDATE photos SET note = NULL, gone_at = :at, digest = ''",
        "DELETE FROM photos",
        "DELETE FROM pictures",
        "UPDATE outage_events SET actor = 'other'",
        "DELETE FROM erasures",
        "UPDATE erasures SET by = 'other'",
    ],
)
def test_a_note_opens_no_more_than_it_says(furnished: Engine, change: str) -> None:
    assert refused(furnished, change, "positions", "persons") == "RL001"


def test_a_note_cannot_claim_another_transaction(furnished: Engine) -> None:
    with Session(furnished) as session:
        note(session, "persons")
        own = session.execute(
            text("""
            SELECT txid = pg_current_xact_id()::text::bigint AS now,
                   noted_at = transaction_timestamp() AS here
            FROM erasures ORDER BY id DESC LIMIT 1
            """)
        ).one()

    assert (own.now, own.here) == (True, True)


def test_what_is_noted_goes(furnished: Engine) -> None:
    with Session(furnished) as session:
        report = session.scalar(text("SELECT id FROM reports"))
        before = session.execute(text("SELECT commitment, number FROM reports")).one()
        _, counts = erasures.erase_persons(session, [report], at=LATER, by="me", why="asked")
        after = session.execute(text("SELECT commitment, number FROM reports")).one()
        left = session.execute(
            text("""
            SELECT r.reporter_name, r.address, r.note, r.salt, a.note AS said
            FROM reports r, callback_attempts a
            """)
        ).one()

    assert counts == {"reports": 1, "callback_notes": 1, "answers": 0, "photos": 1}
    assert tuple(left) == (None,) * 5
    assert before == after
