"""An outage pinned to older rules takes up newer ones where its run goes on as new."""

import asyncio

import pytest
from temporalio.client import Client

from domain import actions as a
from domain import decide
from domain.errors import Refused
from domain.ids import outage_workflow
from tests.workflows.conftest import an_action, an_opening
from workflows import lines

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(180), pytest.mark.servers]

OLD = decide.RULES_VERSION - 1


async def test_rules_are_raised_between_two_runs_and_never_within_one(
    hasty_temporal: Client, outage_worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decide, "KNOWN_RULES", decide.KNOWN_RULES | {OLD})
    opening = an_opening("out_old", rules_version=OLD)
    async with outage_worker(hasty_temporal) as notebook:
        before = []
        for number in range(400):
            urge = an_action(f"urge/{number}", a.Urge(reason="called_again"))
            await lines.act_on_outage(hasty_temporal, opening, urge)
            state = await lines.view_outage(hasty_temporal, "out_old")
            if state.rules_version == decide.RULES_VERSION:
                break
            before.append(state.rules_version)
            await asyncio.sleep(0.1)
        await hasty_temporal.get_workflow_handle(outage_workflow("out_old")).terminate()

    raised = [e for e in notebook.events["out_old"] if e.what.kind == "rules_raised"]

    assert before
    assert set(before) == {OLD}
    assert state.rules_version == decide.RULES_VERSION
    assert len(raised) <= 1


async def test_rules_this_program_does_not_have_are_refused(
    temporal_client: Client, outage_worker
) -> None:
    opening = an_opening("out_future", rules_version=decide.RULES_VERSION + 1)
    async with outage_worker(temporal_client):
        with pytest.raises(Refused) as refusal:
            await lines.act_on_outage(
                temporal_client, opening, an_action("u", a.Urge(reason="called_again"))
            )
        await temporal_client.get_workflow_handle(outage_workflow("out_future")).terminate()

    assert refusal.value.code == "rules_version_unknown"
