"""At every hour somebody can be sent: nobody waits for the next turn of crews."""

from datetime import timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from activities.planning import Planning
from domain.kinds import Mode
from store import projection, snapshots
from store.roster import ensure_shifts
from tests.store.builders import NOW, Life, a_draft, take
from workflows import messages as m


def test_an_outage_gets_a_crew_on_duty_at_every_hour_of_the_day(own_demo_engine: Engine) -> None:
    told = take(own_demo_engine, a_draft())
    life = Life(own_demo_engine, told.outage_id)
    with Session(own_demo_engine) as session, session.begin():
        projection.append(session, told.outage_id, life.unsent(), life.state)
        ensure_shifts(session, NOW, NOW + timedelta(days=2))
    planning = Planning(own_demo_engine)
    nobody = []
    for quarter in range(96):
        now = NOW + timedelta(minutes=15) * quarter
        made = planning.whole(m.PlanAsk(district="jp", mode=Mode.AUTO, now=now))
        with Session(own_demo_engine) as session:
            crews = snapshots.crews_on_hand(session, "jp", now)
        on_duty = {crew.id for crew in crews if crew.shift_start <= now < crew.shift_end}
        if not {move.crew for move in made.moves} & on_duty:
            nobody.append(f"{now:%H:%M}")

    assert nobody == []
