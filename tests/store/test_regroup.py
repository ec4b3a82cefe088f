"""Reports that came when their outage took no more go on under a linked one."""

from datetime import timedelta

from sqlalchemy import Engine, text

from store.regroup import regroup
from tests.store.builders import NOW, a_draft, take


def test_unheard_reports_move_with_their_own_clock(own_demo_engine: Engine) -> None:
    first = take(own_demo_engine)
    with own_demo_engine.begin() as connection:
        connection.execute(text("UPDATE outages SET acked_watermark = report_watermark"))
        connection.execute(text("UPDATE reports SET outcome = 'satisfied'"))
    later = NOW + timedelta(minutes=20)
    second = take(own_demo_engine, a_draft(hazards=["fire"]), now=later)
    third = take(own_demo_engine, now=later + timedelta(minutes=1))
    new = regroup(own_demo_engine, first.outage_id, later + timedelta(minutes=5))

    assert second.outage_id == third.outage_id == first.outage_id
    assert new is not None
    with own_demo_engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM outages WHERE id = :id"), {"id": new}).one()
        moved = connection.execute(text("SELECT id, outage_id FROM reports ORDER BY seq")).all()
        old = connection.scalar(
            text("SELECT report_count FROM outages WHERE id = :id"), {"id": first.outage_id}
        )
    assert [r.outage_id for r in moved] == [first.outage_id, new, new]
    assert (row.report_count, row.parent_outage_id, row.hazards) == (2, first.outage_id, ["fire"])
    assert row.clock_start == later
    assert row.arrival_deadline == later + timedelta(minutes=60)
    assert 0 < row.hazards_watermark < row.report_watermark
    assert old == 1


def test_regrouping_twice_moves_nothing_more(own_demo_engine: Engine) -> None:
    told = take(own_demo_engine)

    assert regroup(own_demo_engine, told.outage_id, NOW) is not None
    assert regroup(own_demo_engine, told.outage_id, NOW) is None
