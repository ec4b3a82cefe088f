"""What is said of a failure: its kind, its code, its place, and nothing that it quotes."""

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from domain.errors import Refused
from domain.policy import Fault, PolicyError
from store.faults import trace_of, what, without_values

SAID = "Zorblatt"


def refused_by(session: Session, statement: str) -> DBAPIError:
    with pytest.raises(DBAPIError) as refusal, session.begin_nested():
        session.execute(text(statement), {"said": SAID})
    return refusal.value


def test_a_refused_row_is_told_by_code_table_and_rule(session: Session) -> None:
    error = refused_by(
        session,
        "INSERT INTO idempotency (subject, key, body_hash) VALUES (:said, 'k', 'h')",
    )

    assert SAID in str(error.orig)
    assert what(error).endswith("23502 idempotency at")
    assert str(without_values(error)) == what(error)
    assert SAID not in trace_of(error)


def test_a_value_that_cannot_be_read_is_not_quoted(session: Session) -> None:
    error = refused_by(session, "SELECT CAST(:said AS integer)")

    assert SAID in str(error.orig)
    assert what(error).endswith(": 22P02")


def test_a_server_that_is_away_is_named() -> None:
    with pytest.raises(psycopg.OperationalError) as away:
        psycopg.connect("host=127.0.0.1 port=9 dbname=none connect_timeout=2")

    assert "127.0.0.1" in what(away.value)


ODD = Fault(line=3, key="name", code="odd", said="odd")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError(SAID), "ValueError"),
        (KeyError(SAID), "KeyError"),
        (AttributeError("no crew"), "AttributeError: no crew"),
        (Refused("not_found", name=SAID), "domain.errors.Refused: not_found"),
        (PolicyError("a.toml", (ODD,)), "domain.policy.PolicyError: a.toml:3: name: odd"),
    ],
)
def test_only_messages_that_cannot_quote_anybody_are_passed_on(error: Exception, told: str) -> None:
    assert what(error) == told


def test_a_trace_leads_through_every_cause() -> None:
    def fail() -> None:
        try:
            {}[SAID]
        except KeyError as error:
            raise ExceptionGroup(SAID, [ValueError(SAID)]) from error

    with pytest.raises(ExceptionGroup) as failed:
        fail()
    told = trace_of(failed.value)

    assert [name in told for name in ("KeyError", "then:", "ExceptionGroup", "ValueError")] == [
        True
    ] * 4
    assert "in fail" in told
    assert "Zorblatt" not in told.replace("SAID", "")


def test_what_is_no_failure_of_the_database_stays_as_it_is() -> None:
    error = ValueError("x")

    assert without_values(error) is error


def test_the_engine_hides_what_was_asked(engine: Engine, database_url: str) -> None:
    from store.engine import connect

    own = connect(database_url, connections=1, name="test")
    with pytest.raises(DBAPIError) as failed, own.connect() as connection:
        connection.execute(text("SELECT 1 FROM nothing WHERE :said = 'x'"), {"said": SAID})
    own.dispose()

    assert SAID not in str(failed.value)
