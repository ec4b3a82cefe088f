"""What screens read: lists by cursor and box, one outage's life, a crew's way, inboxes."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from domain import actions as a
from domain.errors import Refused
from domain.kinds import Role
from domain.place import Point
from store import boards, callbacks, facts, positions, projection, roster
from store.reading import callbacks as callback_reading
from store.reading import crews, outage_work, outages, pages, reports, timeline
from tests.store.builders import NOW, Life, a_draft, take, the_policy
from tests.store.test_facts import a_fact


def a_followed_outage(engine: Engine) -> Life:
    """Reported, stated in the field, repaired late, on the callback list."""
    told = take(engine, a_draft(reporter_name="Li", note="dog in the yard"))
    life = Life(engine, told.outage_id)
    life.repair(now=NOW + timedelta(minutes=50))
    with Session(engine) as session, session.begin():
        projection.append(session, told.outage_id, life.unsent(), life.state)
        facts.store(session, a_fact(told.outage_id))
        callbacks.open_for(session, told.outage_id, 1, NOW + timedelta(hours=1), the_policy())
    return life


def test_outages_are_paged_by_number_newest_first(own_demo_engine: Engine) -> None:
    for feeder in (1, 3, 5, 7):
        take(own_demo_engine, a_draft(f"jp-f{feeder}-s1-t1-p1"))
    with Session(own_demo_engine) as session:
        first = outages.listed(session, districts=["jp"], limit=3)
        rest = outages.listed(session, districts=["jp"], before=first[-1].number, limit=3)
        neighbour = outages.listed(session, districts=["yl"])

    numbers = [seen.number for seen in first + rest]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 4
    assert neighbour == []


def test_a_box_holds_the_outages_inside_it(own_demo_engine: Engine) -> None:
    told = take(own_demo_engine)
    with Session(own_demo_engine) as session:
        seen = outages.one(session, told.outage_id)
        assert seen is not None
        near = (seen.lon - 0.01, seen.lat - 0.01, seen.lon + 0.01, seen.lat + 0.01)

        assert [o.id for o in outages.listed(session, bbox=near)] == [told.outage_id]
        assert outages.listed(session, bbox=(0, 0, 1, 1)) == []
        assert outages.by_number(session, told.outage_number) == seen


def test_stage_and_status_narrow_the_list(own_demo_engine: Engine) -> None:
    life = a_followed_outage(own_demo_engine)
    with Session(own_demo_engine) as session:
        assert len(outages.listed(session, stages=[life.state.stage.value])) == 1
        assert outages.listed(session, stages=["closed"]) == []
        assert len(outages.listed(session, statuses=[life.state.status], open_only=True)) == 1
        assert outages.state_of(session, life.state.id) == life.state


def test_a_report_shows_where_its_outage_stands(own_demo_engine: Engine) -> None:
    life = a_followed_outage(own_demo_engine)
    with Session(own_demo_engine) as session:
        (report,) = reports.listed(session, outage_id=life.state.id)

        assert report.reporter_name == "Li"
        assert report.outage_stage == life.state.stage
        assert reports.one(session, report.id) == report
        assert reports.listed(session, districts=["yl"]) == []


def test_a_timeline_tells_everything_in_order_and_no_names(own_demo_engine: Engine) -> None:
    life = a_followed_outage(own_demo_engine)
    with Session(own_demo_engine) as session:
        entries = timeline.of_outage(session, life.state.id)

    assert {entry.source for entry in entries} == {"report", "fact", "event", "page"}
    assert [e.at for e in entries] == sorted(e.at for e in entries)
    assert entries[0].source == "report"
    assert [e.seq for e in entries if e.source == "event"] == [e.seq for e in life.events]
    assert not any("Li" in str(e.body) or "dog" in str(e.body) for e in entries)


def test_a_crew_sees_its_way_and_the_board_sees_the_crew(own_demo_engine: Engine) -> None:
    life = Life(own_demo_engine, take(own_demo_engine).outage_id)
    life.repair("jp-crew-02")
    assigned = next(i for i, e in enumerate(life.events) if e.what.kind == "task_assigned")
    events = life.events[: assigned + 1]
    with Session(own_demo_engine) as session, session.begin():
        from domain.evolve import fold

        projection.append(session, life.state.id, events, fold(life.state.id, events))
        (stop,) = crews.route(session, "jp-crew-02")
        crew = crews.one(session, "jp-crew-02", NOW)
        everybody = crews.listed(session, ["jp"], NOW)

    assert stop.outage_id == life.state.id
    assert stop.address == "江坪区梅花路1号"
    assert crew is not None
    assert (crew.task_id, crew.open_tasks) == (stop.task_id, 1)
    assert len(everybody) == 14
    assert any(seen.on_duty for seen in everybody)


def test_what_a_crew_drives_to_comes_before_what_it_was_told_to_come_to_sooner(
    own_demo_engine: Engine,
) -> None:
    lives = [
        Life(own_demo_engine, take(own_demo_engine, a_draft(point)).outage_id)
        for point in ("jp-f1-s1-t1-p1", "jp-f5-s1-t1-p1", "jp-f7-s1-t1-p1")
    ]
    phone = {"role": Role.CREW, "subject": "jp-crew-02-leader", "crew": "jp-crew-02"}
    for minute, life in zip((20, 30, 40), lives, strict=True):
        task, eta = life.state.tasks[0].id, NOW + timedelta(minutes=minute)
        life.act(a.Assign(task=task, crew="jp-crew-02", epoch=1, eta=eta), role=Role.BOARD)
    first, driven, last = lives
    driven.act(a.Depart(task=driven.state.tasks[0].id), **phone)
    what = a.Reschedule(
        task=last.state.tasks[0].id, crew="jp-crew-02", epoch=40, eta=NOW + timedelta(minutes=10)
    )
    last.act(what, role=Role.BOARD)
    with Session(own_demo_engine) as session, session.begin():
        for life in lives:
            projection.append(session, life.state.id, life.unsent(), life.state)
    with Session(own_demo_engine) as session:
        stops = crews.route(session, "jp-crew-02")
        crew = crews.one(session, "jp-crew-02", NOW)
        work = outage_work.of_outages(session, [last.state.id])[last.state.id]["tasks"]
        board = boards.standing(session, "jp")

    assert [stop.outage_id for stop in stops] == [each.state.id for each in (driven, last, first)]
    assert stops[1].eta == NOW + timedelta(minutes=10)
    assert crew is not None
    assert crew.outage_id == driven.state.id
    assert [each["eta"] for each in work] == [stops[1].eta]
    assert board.epoch == 40


def test_the_last_place_counts_and_a_repeated_fix_is_kept_once(demo_session: Session) -> None:
    fix = positions.Fix(Point(lon=106.56, lat=29.57), NOW - timedelta(minutes=1), "phone-1")
    older = positions.Fix(Point(lon=106.5, lat=29.5), NOW - timedelta(minutes=9), "phone-1")

    assert positions.add(demo_session, "jp-crew-01", [fix], NOW) == 1
    assert positions.add(demo_session, "jp-crew-01", [older, fix], NOW) == 1
    # The depot's own first fix bears the time of loading, which is NOW.
    later = NOW - timedelta(seconds=30)
    crew = crews.one(demo_session, "jp-crew-01", later)
    assert crew is not None
    assert (crew.lon, crew.lat, crew.position_at) == (106.56, 29.57, fix.occurred_at)


def test_a_shift_that_overlaps_another_is_refused(demo_session: Session) -> None:
    start = NOW + timedelta(days=40)
    day = {"starts_at": start, "ends_at": start + timedelta(hours=8), "max_duty_s": 28800}
    roster.add_shift(demo_session, "s-1", "jp-crew-01", **day)
    with pytest.raises(Refused) as refusal:
        roster.add_shift(demo_session, "s-2", "jp-crew-01", **day)

    assert refusal.value.code == "shift_exists"
    assert len(roster.shifts_of(demo_session, ["jp-crew-01"], start, day["ends_at"])) == 1


def test_pages_and_callbacks_wait_in_their_lists(own_demo_engine: Engine) -> None:
    a_followed_outage(own_demo_engine)
    with Session(own_demo_engine) as session, session.begin():
        paged = pages.inbox(session, districts=["jp"])
        due = callback_reading.listed(session, districts=["jp"], state="open")

        assert paged
        assert not any(page.overtaken for page in paged)
        assert [c.restoration_no for c in due] == [1]
        session.execute(text("UPDATE pages SET acked_at = :now, acked_by = 'x'"), {"now": NOW})
        assert pages.inbox(session, districts=["jp"]) == []
