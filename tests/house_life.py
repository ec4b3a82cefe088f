"""What people do in a running installation: call, repair, answer the callback."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from temporalio.client import WorkflowHistory

from domain import actions as a
from domain.actor import Actor
from domain.callback import Answers
from domain.kinds import Channel, Role
from domain.outage import Stage, Task, TaskState
from domain.report import ReportDraft
from store import callback_answers, outbox
from store.answers import Accepted
from store.callback_answers import Attempt, Recorded, Result
from tests.house import House, by_crew

YES = {"contacted_on_arrival": True, "commitment_kept": True, "satisfied": True}
DISPATCHER = Actor(subject="dana", role=Role.DISPATCHER)
CALL_TAKER = Actor(subject="tara", role=Role.CALL_TAKER)
AT_ONCE = 8


def call_from(point: str, **fields: Any) -> ReportDraft:
    """Build a call from a home."""
    return ReportDraft(channel=Channel.PHONE, service_point_id=point, **fields)


def points_of(house: House, section: str) -> list[str]:
    """List the homes of a section."""
    return house.rows(
        "SELECT p.id FROM service_points p JOIN transformers t ON t.id = p.transformer_id"
        " WHERE t.section_id = :section ORDER BY p.id",
        section=section,
    )


async def pour(house: House, drafts: Sequence[ReportDraft]) -> list[Accepted]:
    """Take many reports, several at a time, without holding up the loop."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        loop = asyncio.get_running_loop()
        taken = [loop.run_in_executor(threads, house.report, draft) for draft in drafts]
        return await asyncio.gather(*taken)


def dispatched(house: House, outage: str) -> Task | None:
    """Return the first task that a crew has been sent to and has not taken yet."""
    state = house.state(outage)
    tasks = state.tasks if state else ()
    return next((task for task in tasks if task.state is TaskState.DISPATCHED), None)


async def drive(house: House, outage: str) -> tuple[Task, Actor]:
    """Wait for the board's choice and go there; returns the task and its crew."""
    task = await house.until(lambda: dispatched(house, outage))
    crew = by_crew(task.crew)
    state = house.state(outage)
    assert state is not None
    for what in (
        a.Acknowledge(task=task.id),
        a.Depart(task=task.id),
        a.Arrive(task=task.id, position=state.at),
        a.ContactCustomer(task=task.id),
    ):
        await house.act(outage, crew, what)
    return task, crew


async def finish(house: House, outage: str, task: Task, crew: Actor) -> None:
    """Repair what is on site and switch on."""
    for what in (
        a.BeginWork(task=task.id, safety_officer="sam"),
        a.Restore(task=task.id),
        a.Complete(task=task.id, cause="fuse"),
    ):
        await house.act(outage, crew, what)


async def repair(house: House, outage: str) -> str:
    """Wait for the board's choice, then do the work as that crew; returns the crew."""
    task, crew = await drive(house, outage)
    await finish(house, outage, task, crew)
    return str(crew.crew)


def answer(house: House, callback: str, **answers: object) -> Recorded:
    """Keep what a reporter said when called back."""
    name = uuid4().hex
    recorded = house.ask(
        callback_answers.record,
        Attempt(
            id=f"try_{name}",
            action_id=name,
            callback_id=callback,
            agent="ann",
            at=house.now(),
            result=Result.ANSWERED,
            answers=Answers.model_validate(answers or YES),
        ),
    )
    house.relay.poke()
    return recorded


def open_callbacks(house: House, outage: str) -> list[str]:
    """List the calls of an outage that are still to be made."""
    return house.rows(
        "SELECT id FROM callbacks WHERE outage_id = :outage AND state = 'open' ORDER BY id",
        outage=outage,
    )


async def call_everybody_back(house: House, outage: str, owed: int) -> int:
    """Wait until so many calls are owed, make them all, and return how many were made."""
    await house.until(lambda: len(open_callbacks(house, outage)) >= owed)
    calls = open_callbacks(house, outage)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(threads, answer, house, c) for c in calls))
    return len(calls)


async def until_closed(house: House, outage: str) -> None:
    """Wait for the end of an outage."""

    def closed() -> bool:
        state = house.state(outage)
        return state is not None and state.stage is Stage.CLOSED

    await house.until(closed, tries=1200)


def waiting_reports(house: House) -> int:
    """Count the reports of which no workflow is known to have heard."""
    depths = house.ask(outbox.depth)
    return sum(depth.pending for depth in depths if depth.kind == "reported")


async def runs_of(house: House, workflow_id: str) -> list[WorkflowHistory]:
    """Fetch the history of every run of a workflow, the first run first."""
    found = [run async for run in house.client.list_workflows(f'WorkflowId = "{workflow_id}"')]
    handles = [
        house.client.get_workflow_handle(run.id, run_id=run.run_id)
        for run in sorted(found, key=lambda run: run.start_time)
    ]
    return [await handle.fetch_history() for handle in handles]
