"""The repair workflow on a real server with skipped time."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

from domain import actions as a
from domain.actor import SYSTEM, Actor
from domain.errors import Refused
from domain.evolve import fold
from domain.ids import outage_workflow
from domain.kinds import Hazard, Ladder, Role
from domain.outage import Stage, TaskState
from domain.report import ReportTally
from tests.workflows.conftest import (
    SITE,
    an_action,
    an_opening,
    by_board,
    by_crew,
    finish_callbacks,
    until,
)
from workflows import lines
from workflows.outage_repair import OutageRepair

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]


async def _repair(client, opening, crew="crew-1", task_no=1, epoch=1):
    """Take one task from assignment to supply restored and work completed."""
    task = f"{opening.outage}/t{task_no}"
    steps = [
        ("assign", a.Assign(task=task, crew=crew, epoch=epoch), by_board()),
        ("acknowledge", a.Acknowledge(task=task), by_crew(crew)),
        ("depart", a.Depart(task=task), by_crew(crew)),
        ("arrive", a.Arrive(task=task, position=SITE), by_crew(crew)),
        ("contact", a.ContactCustomer(task=task), by_crew(crew)),
        ("work", a.BeginWork(task=task), by_crew(crew)),
        ("restore", a.Restore(task=task), by_crew(crew)),
        ("complete", a.Complete(task=task, cause="fuse"), by_crew(crew)),
    ]
    for name, what, actor in steps:
        answer = await lines.act_on_outage(
            client, opening, an_action(f"{name}/{epoch}", what, actor)
        )
    return answer


async def test_an_outage_lives_from_report_to_closed(
    temporal_skipping: WorkflowEnvironment, outage_worker
) -> None:
    client = temporal_skipping.client
    opening = an_opening("out_life")
    async with outage_worker(client) as notebook:
        await lines.report_to_outage(client, opening)
        answer = await _repair(client, opening)
        await until(lambda: notebook.campaigns == [("out_life", 1)])
        await until(lambda: notebook.states["out_life"].callbacks_opened == 1)
        await finish_callbacks(client, opening, 1)
        await client.get_workflow_handle(outage_workflow("out_life")).result()

    events = notebook.events["out_life"]

    assert answer.stage is Stage.VERIFYING
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert fold("out_life", events) == notebook.states["out_life"]
    assert notebook.states["out_life"].stage is Stage.CLOSED
    assert notebook.archived == ["out_life"]
    assert notebook.stirs >= 1


async def test_a_retried_action_gets_the_same_answer_and_a_refused_one_a_code(
    temporal_skipping: WorkflowEnvironment, outage_worker
) -> None:
    client = temporal_skipping.client
    opening = an_opening("out_retry")
    task = "out_retry/t1"
    assign = an_action("same", a.Assign(task=task, crew="crew-1", epoch=1), by_board())
    async with outage_worker(client):
        first = await lines.act_on_outage(client, opening, assign)
        again = await lines.act_on_outage(client, opening, assign)
        complete = an_action("early", a.Complete(task=task), by_crew())
        with pytest.raises(Refused) as refusal:
            await lines.act_on_outage(client, opening, complete)

    assert first.seq == again.seq
    assert refusal.value.code == "move_not_allowed"
    assert "acknowledge" in refusal.value.params["allowed"]


async def test_every_rung_is_climbed_without_anybody_acting(
    temporal_skipping: WorkflowEnvironment, outage_worker
) -> None:
    client = temporal_skipping.client
    opening = an_opening("out_ladder")
    async with outage_worker(client) as notebook:
        await lines.report_to_outage(client, opening)
        rungs = [50, 75, 90, 100, 150]

        def climbed() -> list[int]:
            return [
                event.what.percent
                for event in notebook.events.get("out_ladder", [])
                if event.what.kind == "rung_climbed" and event.what.ladder is Ladder.ARRIVAL
            ]

        await until(lambda: climbed() == rungs, tries=1500)
        page = next(
            event
            for event in notebook.events["out_ladder"]
            if event.what.kind == "rung_climbed" and event.what.percent == 100
            and event.what.ladder is Ladder.ARRIVAL
        )  # fmt: skip
        await client.get_workflow_handle(outage_workflow("out_ladder")).terminate()

    assert page.what.breach
    assert not page.what.overtaken
    assert page.at - opening.tally.clock_start >= timedelta(minutes=45)


async def test_tallies_may_come_late_twice_and_crossed(
    temporal_skipping: WorkflowEnvironment, outage_worker
) -> None:
    client = temporal_skipping.client
    opening = an_opening("out_tally")
    start = opening.tally.clock_start
    late = ReportTally(reports=2, watermark=2, clock_start=start, customers=3)
    later = ReportTally(
        reports=5,
        watermark=9,
        clock_start=start - timedelta(minutes=7),
        hazards=frozenset({Hazard.WIRE_DOWN}),
        customers=40,
    )
    async with outage_worker(client):
        await lines.report_to_outage(client, opening)
        handle = client.get_workflow_handle_for(OutageRepair.run, outage_workflow("out_tally"))
        for tally in (later, late, later):
            await handle.signal(OutageRepair.reported, tally)
        state = await lines.view_outage(client, "out_tally")
        await handle.terminate()

    assert (state.reports, state.watermark, state.customers_off) == (5, 9, 40)
    assert state.clock_start == start - timedelta(minutes=7)
    assert [task.kind.value for task in state.tasks if task.danger] == ["make_safe"]


async def test_a_still_off_answer_reopens_under_the_old_start_time(
    temporal_skipping: WorkflowEnvironment, outage_worker
) -> None:
    client = temporal_skipping.client
    opening = an_opening("out_again")
    agent = Actor(subject="ann", role=Role.CALLBACK_AGENT)
    still_off = an_action("still", a.Reopen(report="rep_1"), agent)
    async with outage_worker(client) as notebook:
        await _repair(client, opening)
        reopened = await lines.act_on_outage(client, opening, still_off)
        state = await lines.view_outage(client, "out_again")
        await _repair(client, opening, task_no=2, epoch=7)
        await until(lambda: notebook.states["out_again"].callbacks_opened == 2)
        notebook.missing = 2
        await finish_callbacks(client, opening, 2)
        await until(lambda: ("out_again", 2) in notebook.campaigns[2:])
        await finish_again(client, opening)
        await client.get_workflow_handle(outage_workflow("out_again")).result()

    assert reopened.stage is Stage.CONFIRMED
    assert state.clock_start == opening.tally.clock_start
    assert state.customers_off >= 1
    assert notebook.states["out_again"].stage is Stage.CLOSED
    assert notebook.states["out_again"].reopened == 1


async def finish_again(client, opening) -> None:
    """Finish the campaign that sealing found unfinished, once it stands again."""
    for number in range(200):
        try:
            end = a.FinishCallbacks(restoration_no=2, done=3, unreached=0)
            await lines.act_on_outage(client, opening, an_action(f"again/{number}", end, SYSTEM))
        except Refused:
            await asyncio.sleep(0.02)
        else:
            return


async def test_an_outage_waits_for_the_word_of_a_stored_report_before_it_closes(
    temporal_skipping: WorkflowEnvironment, outage_worker
) -> None:
    client = temporal_skipping.client
    opening = an_opening("out_unheard")
    danger = opening.tally.model_copy(
        update={
            "reports": 2,
            "watermark": 8,
            "hazards": frozenset({Hazard.POLE_DOWN}),
            "hazards_watermark": 8,
        }
    )
    async with outage_worker(client) as notebook:
        notebook.unheard = 8  # a report with this number is stored, and the relay is slow
        await _repair(client, opening)
        await until(lambda: notebook.states["out_unheard"].callbacks_opened == 1)
        await finish_callbacks(client, opening, 1)
        await until(lambda: notebook.seals)
        told = opening.model_copy(update={"tally": danger})
        await lines.report_to_outage(client, told)
        await until(lambda: len(notebook.states["out_unheard"].tasks) == 2)
        state = notebook.states["out_unheard"]
        await client.get_workflow_handle(outage_workflow("out_unheard")).terminate()

    assert state.stage is not Stage.CLOSED
    assert [task.kind.value for task in state.open_tasks] == ["make_safe"]
    assert notebook.unsealed == []


async def test_an_outage_that_went_dark_while_it_was_sealed_is_unsealed(
    temporal_skipping: WorkflowEnvironment, outage_worker
) -> None:
    client = temporal_skipping.client
    opening = an_opening("out_crossed")
    agent = Actor(subject="ann", role=Role.CALLBACK_AGENT)
    still_off = an_action("still", a.Reopen(report="rep_1"), agent)
    async with outage_worker(client) as notebook:
        notebook.while_sealing = lambda: lines.act_on_outage(client, opening, still_off)
        await _repair(client, opening)
        await until(lambda: notebook.states["out_crossed"].callbacks_opened == 1)
        await finish_callbacks(client, opening, 1)
        await until(lambda: notebook.unsealed)
        await until(lambda: notebook.stirs > notebook.stirs_before_unsealing)
        state = notebook.states["out_crossed"]
        await client.get_workflow_handle(outage_workflow("out_crossed")).terminate()

    assert notebook.unsealed == ["out_crossed"]
    assert state.stage is Stage.CONFIRMED


async def test_a_closed_outage_takes_nothing_more(
    temporal_skipping: WorkflowEnvironment, outage_worker
) -> None:
    client = temporal_skipping.client
    opening = an_opening("out_closed")
    async with outage_worker(client) as notebook:
        await _repair(client, opening)
        await until(lambda: notebook.states["out_closed"].callbacks_opened == 1)
        await finish_callbacks(client, opening, 1)
        await client.get_workflow_handle(outage_workflow("out_closed")).result()
        with pytest.raises(lines.LineClosed):
            await lines.act_on_outage(client, opening, an_action("late", a.Urge(reason="late")))
        with pytest.raises(lines.LineClosed):
            await lines.report_to_outage(client, opening)


async def test_the_work_of_a_task_is_known_in_the_view(
    temporal_skipping: WorkflowEnvironment, outage_worker
) -> None:
    client = temporal_skipping.client
    opening = an_opening("out_view")
    async with outage_worker(client):
        assign = a.Assign(task="out_view/t1", crew="crew-1", epoch=4)
        await lines.act_on_outage(client, opening, an_action("go", assign, by_board()))
        state = await lines.view_outage(client, "out_view")
        overtaken = a.Assign(task="out_view/t1", crew="crew-2", epoch=4)
        with pytest.raises(Refused):
            await lines.act_on_outage(client, opening, an_action("old", overtaken, by_board()))
        await client.get_workflow_handle(outage_workflow("out_view")).terminate()

    assert state.tasks[0].state is TaskState.DISPATCHED
    assert state.epoch == 4
