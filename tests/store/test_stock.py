"""What crews carry: told whole, used up by the work they finish, never below nothing."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import actions as a
from domain.kinds import Role
from domain.parts import NeedParts
from store import projection, snapshots, stock
from store.reading import crews
from store.tables.crews import CrewStockRow
from tests.store.builders import NOW, Life, take

CREW = "jp-crew-02"


def carried(session: Session, at: datetime = NOW) -> tuple[object, object]:
    """What the planner and the screens take the crew to carry."""
    planned = {crew.id: crew.parts for crew in snapshots.crews_on_hand(session, "jp", at)}
    seen = crews.one(session, CREW, at)
    return planned.get(CREW, "not on hand"), seen and seen.parts


def a_repair_that_used(engine: Engine, **parts: int) -> None:
    """A repair by the crew in which it said what the work used up."""
    life = Life(engine, take(engine).outage_id)
    task, phone = life.state.tasks[0].id, {"role": Role.CREW, "subject": "wu", "crew": CREW}
    life.act(a.Assign(task=task, crew=CREW, epoch=1), role=Role.BOARD)
    steps = [
        a.Depart(task=task),
        a.Arrive(task=task, position=life.state.at),
        *(NeedParts(task=task, part=name, count=count) for name, count in parts.items()),
        a.BeginWork(task=task),
        a.Restore(task=task),
        a.Complete(task=task),
    ]
    for what in steps:
        life.act(what, now=NOW + timedelta(minutes=20), **phone)
    with Session(engine) as session, session.begin():
        projection.append(session, life.state.id, life.unsent(), life.state)


def test_nobody_counts_the_parts_of_a_crew_until_they_are_told(demo_session: Session) -> None:
    planned, seen = carried(demo_session)
    assert (planned, seen) == (None, None)

    stock.tell(demo_session, CREW, {"fuse": 6}, by="wu", at=NOW)
    assert carried(demo_session) == ({"fuse": 6}, {"fuse": 6})
    stock.tell(demo_session, CREW, {"pole": 1, "fuse": 0}, by="wu", at=NOW)
    assert carried(demo_session) == ({"pole": 1, "fuse": 0}, {"pole": 1, "fuse": 0})
    stock.tell(demo_session, CREW, None, by="wu", at=NOW)
    assert carried(demo_session) == (None, None)


def test_finished_work_takes_its_parts_off_once_and_a_new_count_begins_anew(
    own_demo_engine: Engine,
) -> None:
    with Session(own_demo_engine) as session, session.begin():
        stock.tell(session, CREW, {"fuse": 6, "pole": 1}, by="wu", at=NOW - timedelta(days=1))
    a_repair_that_used(own_demo_engine, fuse=2, pole=3)
    with Session(own_demo_engine) as session, session.begin():
        assert carried(session)[1] == {"fuse": 4, "pole": 0}
        session.execute(text("UPDATE crew_stocks SET told_at = '2100-01-01+00'"))
        assert carried(session)[1] == {"fuse": 6, "pole": 1}


@pytest.mark.parametrize("parts", [{"fuse": -1}, {"fuse": "many"}, {"fuse": 1.5}, ["fuse"]])
def test_the_database_keeps_whole_numbers_only(demo_session: Session, parts: object) -> None:
    row = {"crew_id": CREW, "parts": parts, "told_at": NOW, "told_by": "wu"}
    with pytest.raises(IntegrityError, match="ck_crew_stocks_counted"):
        demo_session.execute(insert(CrewStockRow).values(**row))


def test_a_new_count_is_told_to_those_who_watch_the_crew(demo_session: Session) -> None:
    count = text("SELECT count(*) FROM changes WHERE kind = 'crew' AND key = :crew")
    before = demo_session.scalar(count, {"crew": CREW})
    for number in (1, 2):
        stock.tell(demo_session, CREW, {"fuse": number}, by="wu", at=NOW)

    assert demo_session.scalar(count, {"crew": CREW}) == before + 2
