"""Events become rows once, in order, guarded by their digests; rows can be rebuilt."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from domain.events import Confirmed
from store import projection
from store.projection import ProjectionConflict
from tests.store.builders import NOW, Life, take

TABLES = ("outages", "tasks", "restoration_steps", "outage_hands", "pages")


def rows_of(session: Session) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for table in TABLES:
        rows = session.execute(text(f"SELECT to_jsonb(t) - 'known_at' AS row FROM {table} t"))
        found[table] = sorted((row.row for row in rows), key=str)
    return found


def a_repaired(engine: Engine) -> Life:
    told = take(engine)
    life = Life(engine, told.outage_id)
    life.repair(now=NOW + timedelta(minutes=50))
    return life


def test_a_repair_leaves_tasks_steps_pages_and_hands(own_demo_engine: Engine) -> None:
    life = a_repaired(own_demo_engine)
    with Session(own_demo_engine) as session, session.begin():
        projection.append(session, life.state.id, life.unsent(), life.state)
        rows = rows_of(session)

    (outage,) = rows["outages"]
    assert outage["stage"] == life.state.stage
    assert outage["restored_at"] is not None
    assert outage["acked_watermark"] == outage["report_watermark"]
    assert {task["crew_id"] for task in rows["tasks"]} == {"jp-crew-01"}
    assert [step["customers"] for step in rows["restoration_steps"]] == [1]
    assert rows["pages"]
    assert {(h["subject"], h["part"]) for h in rows["outage_hands"]} >= {
        ("desk-9", "dispatcher"),
        ("jp-crew-01-leader", "leader"),
        ("jp-crew-01-member", "executor"),
    }


def test_the_same_events_again_change_nothing(own_demo_engine: Engine) -> None:
    life = a_repaired(own_demo_engine)
    with Session(own_demo_engine) as session, session.begin():
        assert projection.append(session, life.state.id, life.events, life.state) > 0
        before = rows_of(session)
        assert projection.append(session, life.state.id, life.events, life.state) == 0
        assert rows_of(session) == before


def test_a_known_number_with_another_digest_raises_the_alarm(own_demo_engine: Engine) -> None:
    life = a_repaired(own_demo_engine)
    forged = life.events[0].model_copy(update={"what": Confirmed(by_evidence="rumour")})
    with Session(own_demo_engine) as session, session.begin():
        projection.append(session, life.state.id, life.events, life.state)
        with pytest.raises(ProjectionConflict) as conflict:
            projection.append(session, life.state.id, [forged], life.state)

    assert conflict.value.code == "digest_differs"


def test_a_gap_raises_the_alarm(own_demo_engine: Engine) -> None:
    life = a_repaired(own_demo_engine)
    with Session(own_demo_engine) as session, pytest.raises(ProjectionConflict) as conflict:
        projection.append(session, life.state.id, life.events[2:], life.state)

    assert conflict.value.code == "gap"


def test_rebuilding_from_events_gives_the_same_rows(own_demo_engine: Engine) -> None:
    life = a_repaired(own_demo_engine)
    with Session(own_demo_engine) as session, session.begin():
        projection.append(session, life.state.id, life.events[:5], _at(life, 5))
        projection.append(session, life.state.id, life.events[5:], life.state)
        before = rows_of(session)
        session.execute(text("UPDATE outages SET stage = 'closed', state = NULL"))
        session.execute(text("UPDATE tasks SET crew_id = 'nobody'"))
        session.execute(text("DELETE FROM restoration_steps"))
        state = projection.rebuild(session, life.state.id)

        assert state == life.state
        assert rows_of(session) == before


def test_stored_events_cannot_be_rewritten(own_demo_engine: Engine) -> None:
    life = a_repaired(own_demo_engine)
    with Session(own_demo_engine) as session, session.begin():
        projection.append(session, life.state.id, life.events, life.state)
    with (
        pytest.raises(DBAPIError, match="append_only"),
        own_demo_engine.begin() as connection,
    ):
        connection.execute(text("UPDATE outage_events SET actor = 'somebody else'"))


def _at(life: Life, seq: int) -> Any:
    from domain.evolve import fold

    return fold(life.state.id, life.events[:seq])
