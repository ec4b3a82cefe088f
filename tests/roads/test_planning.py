"""A district is planned over the roads of its land, with what is closed just then."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from activities.planning import Planning
from domain.kinds import Mode
from roads.choosing import Roads
from roads.data import keep
from routing.snapshot import read_snapshot
from store import closures, documents, plan_runs, projection
from store.closures import Closure
from store.roster import ensure_shifts
from tests.roads.streets import VALLEY_ROAD
from tests.store.builders import NOW, Life, a_draft, take
from workflows import messages as m

LAND = text("""
INSERT INTO land (digest, name, source, attribution, bounds, loaded_at)
VALUES (:digest, 'town', 'test', 'none',
        ST_Multi(ST_MakeEnvelope(9.5, 47.1, 9.6, 47.2, 4326)), :now)
""")


def test_a_closure_is_in_the_next_plan_and_the_plan_is_by_road(
    own_demo_engine: Engine, map_file: Path, tmp_path: Path
) -> None:
    data = keep(map_file, tmp_path)
    life = Life(own_demo_engine, take(own_demo_engine, a_draft()).outage_id)
    closed = Closure(
        id="slide", streets=(VALLEY_ROAD,), kind=None, area_class=None, share=0.0,
        reason="landslide", since=NOW, until=None, declared_by="d1", declared_at=NOW,
    )  # fmt: skip
    with Session(own_demo_engine) as session, session.begin():
        projection.append(session, life.state.id, life.unsent(), life.state)
        ensure_shifts(session, NOW, NOW + timedelta(days=1))
        session.execute(LAND, {"digest": data.digest, "now": NOW})
        closures.declare(session, closed)
    roads = Roads(tmp_path)
    brief = Planning(own_demo_engine, roads).whole(
        m.PlanAsk(district="jp", mode=Mode.AUTO, now=NOW)
    )

    assert brief.plan is not None
    with Session(own_demo_engine) as session:
        run = plan_runs.of_plan(session, brief.plan)
        assert run is not None
        stored = documents.get(session, run.snapshot_hash, "snapshot")
        made = documents.get(session, brief.plan, "plan")
    assert stored is not None
    snapshot = read_snapshot(stored)
    assert snapshot.digest() == run.snapshot_hash
    assert snapshot.travel.roads is not None
    assert snapshot.travel.roads.closed == (VALLEY_ROAD,)
    assert f'"travel":"{roads.travel(snapshot).version}"' in (made or "")
