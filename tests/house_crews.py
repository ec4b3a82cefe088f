"""Two districts with one crew between them, which its home may lend."""

from datetime import timedelta

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from store import policies
from tests.conftest import DEMO_NOW
from tests.house import a_policy

LENT = "yl-crew-01"


def one_crew_for_two(engine: Engine, *, lends: bool = True, stay_home: int = 0) -> None:
    """Leave nobody on duty but one crew of yl, which lends or does not."""
    policy = a_policy()
    planning = policy.planning.model_copy(update={"lends": lends, "stay_home": stay_home})
    with Session(engine) as session, session.begin():
        chosen = policies.keep(session, policy.model_copy(update={"planning": planning}))
        session.execute(
            text("UPDATE districts SET policy_hash = :hash WHERE id = 'yl'"), {"hash": chosen}
        )
        session.execute(text("DELETE FROM shifts"))
        session.execute(
            text(
                "INSERT INTO shifts (id, crew_id, starts_at, ends_at, max_duty_s)"
                " VALUES ('one', :crew, :since, :until, 36000)"
            ),
            {
                "crew": LENT,
                "since": DEMO_NOW - timedelta(hours=1),
                "until": DEMO_NOW + timedelta(hours=9),
            },
        )
