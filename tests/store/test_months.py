"""The month so far, as the planner's price of a promised mean asks for it."""

from datetime import timedelta

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from domain.kinds import AreaClass
from store.reading import months
from tests.store.builders import NOW, take


def test_the_mean_so_far_is_of_orders_of_this_month_that_somebody_arrived_at(
    own_demo_engine: Engine,
) -> None:
    arrivals = {"this": (NOW, 30), "also": (NOW, 50), "before": (NOW - timedelta(days=20), 500)}
    for began, minutes in arrivals.values():
        outage = take(own_demo_engine).outage_id
        with Session(own_demo_engine) as session, session.begin():
            session.execute(text("SET LOCAL session_replication_role = replica"))
            session.execute(
                text(
                    "UPDATE outages SET clock_start = :since, arrived_at = :at, sealed_at = :at"
                    " WHERE id = :id"
                ),
                {"since": began, "at": began + timedelta(minutes=minutes), "id": outage},
            )
    with Session(own_demo_engine) as session:
        found = months.so_far(session, "jp", NOW + timedelta(hours=2))

    assert found == {AreaClass.URBAN: 40.0}
