"""The board on a real server, with hands of a test: one confirmed step at a time.

A board looks round for ever, so time is not skipped here.
"""

import asyncio
from datetime import UTC, datetime

import pytest
from temporalio.client import Client

from domain.kinds import Mode
from tests.workflows.field import Field, a_board
from workflows import board_lines
from workflows import messages as m

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]


async def _until(condition, tries=500):
    for _ in range(tries):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come to pass")


async def test_in_auto_a_plan_is_delivered_and_a_move_releases_before_it_assigns(
    temporal_client: Client,
) -> None:
    field = Field()
    field.wanted = {"o/t1": "crew-1"}
    async with a_board(temporal_client, Mode.AUTO, field) as desk:
        await _until(lambda: field.holders.get("o/t1") == "crew-1")
        field.wanted = {"o/t1": "crew-2"}
        await desk.stir()
        await _until(lambda: field.holders.get("o/t1") == "crew-2")

    assert field.said == [
        ("assign", "o/t1", "crew-1"),
        ("release", "o/t1", "crew-1"),
        ("assign", "o/t1", "crew-2"),
    ]
    assert ("plan-1", "delivered") in field.plans


async def test_a_crew_that_keeps_its_order_is_told_another_time_and_is_not_called_off(
    temporal_client: Client,
) -> None:
    field, eta = Field(), datetime(2026, 3, 2, 9, tzinfo=UTC)
    field.holders, field.times = {"o/t1": "crew-1"}, {"o/t1": eta}
    field.outage_epoch = 7
    async with a_board(temporal_client, Mode.AUTO, field) as desk:
        await _until(lambda: field.said)
        await desk.stir()
        await _until(lambda: any(ask.ledger for ask in field.asks))

    told = next(ask.ledger for ask in field.asks if ask.ledger)
    assert field.said == [("reschedule", "o/t1", "crew-1")]
    assert [(each.crew, each.epoch, each.eta) for each in told] == [("crew-1", 8, eta)]


async def test_in_advise_a_dispatcher_takes_up_another_time_too(temporal_client: Client) -> None:
    field = Field()
    field.holders = {"o/t1": "crew-1"}
    field.times = {"o/t1": datetime(2026, 3, 2, 9, tzinfo=UTC)}
    async with a_board(temporal_client, Mode.ADVISE, field) as desk:
        await _until(lambda: ("plan-1", "proposed") in field.plans)
        before = list(field.said)
        await desk.order("all", m.AcceptOrder(plan="plan-1"))
        await _until(lambda: "all" in field.outcomes)

    assert before == []
    assert field.said == [("reschedule", "o/t1", "crew-1")]
    assert field.outcomes["all"].accepted


async def test_no_crew_is_assigned_when_the_release_was_refused(
    temporal_client: Client,
) -> None:
    field = Field()
    field.holders = {"o/t1": "crew-1"}
    field.refuse = {"o/t1"}
    field.wanted = {"o/t1": "crew-2", "o/t2": "crew-3"}
    async with a_board(temporal_client, Mode.AUTO, field):
        await _until(lambda: field.holders.get("o/t2") == "crew-3")

    assert field.said == [("assign", "o/t2", "crew-3")]
    assert field.holders["o/t1"] == "crew-1"


async def test_shadow_moves_nobody_and_advise_waits_for_a_dispatcher(
    temporal_client: Client,
) -> None:
    shadow, advise = Field(), Field()
    shadow.wanted = advise.wanted = {"o/t1": "crew-1", "o/t2": "crew-2"}
    async with a_board(temporal_client, Mode.SHADOW, shadow):
        await _until(lambda: ("plan-1", "shadow") in shadow.plans)
    async with a_board(temporal_client, Mode.ADVISE, advise) as desk:
        await _until(lambda: ("plan-1", "proposed") in advise.plans)
        before = list(advise.said)
        await desk.order("some", m.AcceptOrder(plan="plan-1", tasks=("o/t2",)))
        await _until(lambda: "some" in advise.outcomes)
        some = dict(advise.holders)
        await desk.order("none", m.AcceptOrder(plan="plan-1", tasks=()))
        await desk.order("all", m.AcceptOrder(plan="plan-1"))
        await _until(lambda: "all" in advise.outcomes)

    assert shadow.said == []
    assert before == []
    assert some == {"o/t2": "crew-2"}
    assert advise.holders == {"o/t1": "crew-1", "o/t2": "crew-2"}
    assert {"partly", "declined", "accepted"} <= {status for _, status in advise.plans}


async def test_danger_is_served_while_the_planner_is_dead(
    temporal_client: Client,
) -> None:
    field = Field()
    field.planner_dead = True
    field.dangers = {"o/t9": "crew-7"}
    async with a_board(temporal_client, Mode.ADVISE, field):
        await _until(lambda: field.holders.get("o/t9") == "crew-7")

    assert field.said == [("assign", "o/t9", "crew-7")]


async def test_danger_is_served_while_a_plan_is_awaited_and_the_news_is_planned_afterwards(
    temporal_client: Client,
) -> None:
    field = Field()
    field.planner_free.clear()
    field.wanted = {"o/t9": "crew-1"}
    async with a_board(temporal_client, Mode.AUTO, field) as desk:
        await _until(lambda: len(field.asks) == 1)
        field.dangers = {"o/t9": "crew-7"}
        await desk.stir()
        await _until(lambda: field.holders.get("o/t9") == "crew-7")
        plans = list(field.plans)
        field.planner_free.set()
        await _until(lambda: len(field.asks) == 2)

    assert plans == []
    assert field.said[0] == ("assign", "o/t9", "crew-7")


async def test_a_human_choice_is_kept_as_a_lock_and_a_repeated_order_does_nothing(
    temporal_client: Client,
) -> None:
    field = Field()
    field.holders = {"o/t1": None}
    field.wanted = {"o/t1": "crew-1"}
    async with a_board(temporal_client, Mode.SHADOW, field) as desk:
        taken = await desk.order("mine", m.AssignOrder(task="o/t1", crew="crew-5"))
        again = await desk.order("mine", m.AssignOrder(task="o/t1", crew="crew-5"))
        unknown = await desk.order("lost", m.AssignOrder(task="o/nope", crew="crew-5"))
        await desk.order("auto", m.ModeOrder(mode=Mode.AUTO))
        await _until(lambda: "auto" in field.outcomes)
        await _until(lambda: any(ask.mode is Mode.AUTO for ask in field.asks))
        view = await board_lines.view_board(desk.client, desk.start.district)

    assert taken == again
    assert not unknown.repeated
    assert field.said == [("assign", "o/t1", "crew-5")]
    assert [pin.crew for pin in view.pins] == ["crew-5"]
    assert field.outcomes["lost"].refused == "task_unknown"


async def test_a_new_board_catches_up_with_the_number_an_outage_knows(
    temporal_client: Client,
) -> None:
    field = Field()
    field.outage_epoch = 40
    field.wanted = {"o/t1": "crew-1"}
    async with a_board(temporal_client, Mode.AUTO, field) as desk:
        await _until(lambda: field.holders.get("o/t1") == "crew-1")
        view = await board_lines.view_board(desk.client, desk.start.district)

    assert view.epoch == 41


async def test_a_crew_is_borrowed_only_on_a_lease(temporal_client: Client) -> None:
    field = Field()
    until = "2027-01-01T00:00:00Z"
    async with a_board(temporal_client, Mode.AUTO, field) as desk:
        for crew in ("free", "taken"):
            order = m.BorrowOrder.model_validate({"crew": crew, "until": until})
            await desk.order(crew, order)
        await _until(lambda: {"free", "taken"} <= field.outcomes.keys())

    assert field.outcomes["free"].accepted
    assert field.outcomes["taken"].refused == "crew_leased"
