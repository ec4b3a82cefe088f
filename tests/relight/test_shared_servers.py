"""The servers every other test stands on."""

from datetime import timedelta

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from temporalio import workflow
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker


@workflow.defn
class TwoHours:
    """Waits two hours and says so."""

    @workflow.run
    async def run(self) -> float:
        begun = workflow.now()
        await workflow.sleep(timedelta(hours=2))
        return (workflow.now() - begun).total_seconds()


def test_a_session_leaves_nothing_behind_part_one(session: Session) -> None:
    session.execute(text("CREATE TABLE left_behind (id int)"))
    session.commit()

    assert session.scalar(text("SELECT count(*) FROM left_behind")) == 0


def test_a_session_leaves_nothing_behind_part_two(session: Session) -> None:
    there = session.scalar(text("SELECT to_regclass('left_behind')"))

    assert there is None


def test_a_database_of_ones_own_is_migrated_and_speaks_postgis(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        length = connection.scalar(
            text("SELECT ST_Length('LINESTRING(106.5 29.5, 106.51 29.5)'::geography)")
        )
        tables = connection.scalar(
            text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        )

    assert 960 < length < 975
    assert tables > 10


def test_the_demo_database_has_a_territory(demo_session: Session) -> None:
    assert demo_session.scalar(text("SELECT count(*) FROM service_points")) >= 2000


async def test_the_dev_server_has_our_namespace(temporal_client: Client) -> None:
    assert await temporal_client.count_workflows("RelightDistrict = 'nowhere'") is not None


async def test_time_is_skipped_per_workflow(temporal_skipping: WorkflowEnvironment) -> None:
    assert await run_two_hours(temporal_skipping) >= 7200


async def test_time_is_skipped_on_one_clock(temporal_one_clock: WorkflowEnvironment) -> None:
    assert await run_two_hours(temporal_one_clock) >= 7200


async def run_two_hours(environment: WorkflowEnvironment) -> float:
    client = environment.client
    async with Worker(client, task_queue="hours", workflows=[TwoHours]):
        return await client.execute_workflow(TwoHours.run, id="two-hours", task_queue="hours")
