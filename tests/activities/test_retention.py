"""The sweep as the worker runs it."""

import pytest
from sqlalchemy import text

from tests.activities.conftest import OpenHouse
from workflows.messages import WORK_QUEUE
from workflows.retention import RetentionSweep

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]


async def test_a_sweep_is_a_workflow_and_leaves_its_note(open_house: OpenHouse) -> None:
    async with open_house(planner=False) as house:
        with house.engine.begin() as connection:
            connection.execute(
                text("""
                INSERT INTO positions (crew_id, at, occurred_at, received_at, device)
                SELECT crew_id, at, t, t, 'old' FROM positions, (
                    SELECT timestamptz '2020-01-01' AS t) old
                """)
            )
        went = await house.client.execute_workflow(
            RetentionSweep.run, id="retention/test", task_queue=WORK_QUEUE
        )
        left = house.rows("SELECT count(*) FROM positions WHERE device = 'old'")
        noted = house.rows("SELECT counts ->> 'positions' FROM erasures WHERE rule = 'sweep'")

    assert went > 0
    assert (left, noted) == ([0], [str(went)])
