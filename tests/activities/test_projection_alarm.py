"""Rows that disagree with a workflow's events raise an alarm; mending them lifts it."""

import pytest
from sqlalchemy import text

from domain import actions as a
from domain.actor import Actor
from domain.kinds import Channel, Role
from domain.report import ReportDraft
from store import projection

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(180)]


async def test_a_conflict_is_an_alarm_until_the_events_fit_again(open_house) -> None:
    async with open_house(planner=False) as house:
        with house.engine.connect() as connection:
            point = connection.scalar(text("SELECT min(id) FROM service_points"))
        draft = ReportDraft(channel=Channel.PHONE, service_point_id=point)
        outage = house.report(draft).outage_id
        before = await house.until(lambda: house.state(outage))

        def set_back(seq: int) -> None:
            with house.engine.begin() as connection:
                connection.execute(
                    text("UPDATE outages SET seq = :seq WHERE id = :outage"),
                    {"seq": seq, "outage": outage},
                )

        # As after a restore from an older backup: the last number is not there yet.
        set_back(before.seq - 1)
        actor = Actor(subject="dana", role=Role.DISPATCHER)
        await house.act(outage, actor, a.Urge(reason="called_again"))
        alarmed = await house.until(lambda: house.ask(projection.alarms))
        set_back(before.seq)
        await house.until(lambda: house.state(outage).seq > before.seq)
        after = house.ask(projection.alarms)

    assert alarmed == [outage]
    assert after == []
