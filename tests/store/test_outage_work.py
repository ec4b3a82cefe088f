"""What a queue is told of an outage beside its row: where, what is owed, who is told next."""

from datetime import timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from domain import actions as a
from domain.kinds import Role
from store import projection
from store.reading import outages
from tests.store.builders import NOW, Life, a_draft, take


def test_a_listed_outage_tells_its_place_its_work_and_who_is_told_next(
    own_demo_engine: Engine,
) -> None:
    engine = own_demo_engine
    opened = take(engine, a_draft("jp-f1-s1-t1-p1"), now=NOW - timedelta(minutes=20))
    life = Life(engine, opened.outage_id)
    task = next(task.id for task in life.state.tasks if task.open)
    with Session(engine) as session, session.begin():
        before = outages.one(session, opened.outage_id)
    life.act(a.Assign(task=task, crew="jp-crew-01", epoch=1, ordered_by="dora"), role=Role.BOARD)
    with Session(engine) as session, session.begin():
        projection.append(session, life.state.id, life.unsent(), life.state, now=NOW)
        seen = outages.one(session, opened.outage_id)

    assert before is not None
    assert seen is not None
    assert (before.tasks, before.next_rung) == ((), None)
    assert seen.place["transformer"] == "F1-S1-T1"
    assert [(each["id"], each["crew"], each["ready"]) for each in seen.tasks] == [
        (task, "jp-crew-01", True)
    ]
    assert seen.next_rung is not None
    assert seen.next_rung["at"] <= seen.next_rung["due"]
    assert seen.next_rung["ladder"] in ("acknowledgement", "arrival")
