"""What runs is tried against this version's code before it takes over."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from relight.replay_running import divergences, replay_running
from relight.servers.namespace import prepare_namespace
from relight.servers.temporal import TemporalServer
from relight.settings import Settings
from tests.conftest import DEMO_NOW
from tests.house import running_house
from tests.house_life import call_from, dispatched
from workflows import lines

pytestmark = [pytest.mark.anyio, pytest.mark.servers, pytest.mark.timeout(180)]

APART = "replayed"
HOME = "jp-f1-s1-t1-p1"


@workflow.defn(name="ArchiveSweep")
class AnotherVersion:
    """Begins with a wait, where our version of this workflow begins with a question."""

    @workflow.run
    async def run(self, limit: int) -> None:
        """Wait."""
        await asyncio.sleep(timedelta(days=30).total_seconds())


@pytest.fixture
async def apart(temporal_dev: TemporalServer) -> Client:
    """A namespace in which nobody else has anything running."""
    await prepare_namespace(temporal_dev.address, APART)
    return await lines.connect(temporal_dev.address, APART)


async def test_what_runs_can_go_on_under_the_code_that_began_it(
    own_demo_engine: Engine, apart: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running_house(own_demo_engine, apart, DEMO_NOW) as house:
        taken = house.report(call_from(HOME))
        await house.until(lambda: dispatched(house, taken.outage_id))
        runs, found = await divergences(apart)
        address = apart.service_client.config.target_host
        settings = Settings(temporal_address=address, temporal_namespace=APART)
        code = await replay_running(settings, as_json=False)

    assert found == []
    assert runs >= 2
    assert code == 0
    assert "running workflows: 0 divergences." in capsys.readouterr().out


async def test_what_another_version_began_and_this_one_cannot_go_on_with_is_named(
    apart: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    async with Worker(
        apart,
        task_queue="another",
        workflows=[AnotherVersion],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        handle = await apart.start_workflow(
            "ArchiveSweep", 10, id="sweep/other", task_queue="another"
        )
        try:
            await _begun(apart)
            runs, found = await divergences(apart)
            settings = Settings(
                temporal_address=apart.service_client.config.target_host, temporal_namespace=APART
            )
            code = await replay_running(settings, as_json=True)
        finally:
            await handle.terminate()

    assert runs == 1
    assert [each.where for each in found] == ["ArchiveSweep sweep/other"]
    assert code == 1
    assert '"runs": 1, "divergences": [{"where": "ArchiveSweep sweep/other"' in (
        capsys.readouterr().out
    )


async def _begun(client: Client) -> None:
    """Wait until the workflow has decided something and is listed as running."""
    handle = client.get_workflow_handle("sweep/other")
    while True:
        history = await handle.fetch_history()
        listed = [each.id async for each in client.list_workflows(lines.RUNNING)]
        if len(history.events) >= 5 and listed == ["sweep/other"]:
            return
        await asyncio.sleep(0.1)
