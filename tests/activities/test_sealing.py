"""The hand that seals believes what the workflow has taken in, not what was sent to it."""

from sqlalchemy import Engine
from temporalio.client import Client

from activities.outage import OutageWork
from tests.store.builders import NOW, take
from tests.store.test_seal import give_outcomes, watermark
from workflows import messages as m


async def test_a_report_the_workflow_has_not_taken_in_is_waited_for(
    own_demo_engine: Engine, temporal_client: Client
) -> None:
    told = take(own_demo_engine)
    give_outcomes(own_demo_engine)
    hands = OutageWork(own_demo_engine, temporal_client)
    stored = watermark(own_demo_engine)
    behind = m.SealAsk(outage=told.outage_id, watermark=stored - 1, now=NOW)
    level = m.SealAsk(outage=told.outage_id, watermark=stored, now=NOW)

    assert hands.seal(behind) == m.SealAnswer(missing=0, unheard=True)
    assert hands.seal(level) == m.SealAnswer(missing=0)
    hands.unseal(level)
    assert take(own_demo_engine).outage_id == told.outage_id
