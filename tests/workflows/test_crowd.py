"""A crowd that calls about what is known keeps nobody busy."""

import pytest
from temporalio.client import Client

from domain.ids import outage_workflow
from tests.workflows.conftest import an_opening, until
from workflows import lines

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]


async def test_callers_who_say_what_is_known_neither_stir_the_board_nor_move_a_timer(
    temporal_client: Client, outage_worker
) -> None:
    client = temporal_client
    opening = an_opening("out_crowd")
    async with outage_worker(client) as notebook:
        await lines.report_to_outage(client, opening)
        await until(lambda: notebook.stirs == 1)
        for reports in (2, 3, 4):
            tally = opening.tally.model_copy(update={"reports": reports, "watermark": reports})
            crowd = opening.model_copy(update={"tally": tally})
            await lines.report_to_outage(client, crowd)
            await until(lambda n=reports: notebook.states["out_crowd"].reports == n)
        stirs_of_counts = notebook.stirs
        life = {"reports": 5, "watermark": 5, "life_support": True}
        tally = opening.tally.model_copy(update=life)
        await lines.report_to_outage(client, opening.model_copy(update={"tally": tally}))
        await until(lambda: notebook.stirs == 2)
        handle = client.get_workflow_handle(outage_workflow("out_crowd"))
        history = await handle.fetch_history()
        await handle.terminate()
    kinds = [event.WhichOneof("attributes") or "" for event in history.events]

    assert stirs_of_counts == 1
    assert kinds.count("timer_started_event_attributes") == 1
    assert kinds.count("timer_canceled_event_attributes") == 0
    assert not any(
        "stir" in event.activity_task_scheduled_event_attributes.activity_type.name
        for event in history.events
    )
