"""What a plan is made from, who may plan a crew, and the receipts that are kept."""

import gzip
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from domain.errors import Refused
from domain.evolve import fold
from domain.kinds import Mode
from store import boards, documents, histories, leases, lending, plan_runs, projection, snapshots
from store.plan_runs import PlanRun
from store.roster import ensure_shifts
from tests.house_crews import LENT, one_crew_for_two
from tests.store.builders import NOW, Life, a_draft, take


def test_a_snapshot_holds_open_outages_with_their_promises(own_demo_engine: Engine) -> None:
    told = take(own_demo_engine, a_draft(hazards=["wire_down"]))
    life = Life(own_demo_engine, told.outage_id)
    with Session(own_demo_engine) as session, session.begin():
        projection.append(session, told.outage_id, life.unsent(), life.state)
        (outage,) = snapshots.open_outages(session, "jp")
        elsewhere = snapshots.open_outages(session, "yl")

    assert outage.state == life.state
    assert outage.deadline == told.promised_arrival_at
    assert outage.grid is not None
    assert elsewhere == []


def test_crews_are_on_duty_now_or_soon_and_have_a_place(demo_session: Session) -> None:
    crews = snapshots.crews_on_hand(demo_session, "jp", NOW)

    assert 4 <= len(crews) < 14
    for crew in crews:
        assert crew.shift_end > NOW
        assert crew.shift_start < NOW + snapshots.SOON
        assert crew.has_leader
        assert crew.has_safety_officer
        assert "low_voltage" in crew.licences
    assert {thing for crew in crews for thing in crew.kit} >= {"bucket_truck", "tree_saw"}


def test_a_leased_crew_is_planned_by_the_borrower_alone(demo_session: Session) -> None:
    crew = snapshots.crews_on_hand(demo_session, "yl", NOW)[0].id
    leases.take(demo_session, crew, "jp", NOW, NOW + timedelta(hours=3))

    assert crew in {c.id for c in snapshots.crews_on_hand(demo_session, "jp", NOW)}
    assert crew not in {c.id for c in snapshots.crews_on_hand(demo_session, "yl", NOW)}
    with pytest.raises(Refused) as refusal:
        leases.take(demo_session, crew, "somewhere", NOW, NOW + timedelta(hours=1))
    assert refusal.value.code == "crew_leased"


@pytest.mark.parametrize(
    ("lends", "places", "crew", "who"),
    [
        (True, ["jp-f1-s1-t1-p1"], LENT, ["jp"]),
        (False, ["jp-f1-s1-t1-p1"], LENT, []),
        (True, ["jp-f1-s1-t1-p1", "yl-f1-s1-t1-p1"], LENT, []),
        (True, [], LENT, []),
        (True, ["jp-f1-s1-t1-p1"], "yl-crew-02", []),
    ],
    ids=["for a neighbour", "not lent", "home waits itself", "nobody waits", "off duty"],
)
def test_a_free_crew_is_of_use_to_who_waits_where_its_home_lends_it(
    own_demo_engine: Engine, lends: bool, places: list[str], crew: str, who: list[str]
) -> None:
    one_crew_for_two(own_demo_engine, lends=lends)
    for place in places:
        told = take(own_demo_engine, a_draft(place))
        life = Life(own_demo_engine, told.outage_id)
        with Session(own_demo_engine) as session, session.begin():
            projection.append(session, told.outage_id, life.unsent(), life.state)
    with Session(own_demo_engine) as session, session.begin():
        free = lending.who_waits(session, [crew], NOW)
        leases.claim(session, LENT, "yl", "out_x/t1", NOW)
        busy = lending.who_waits(session, [crew], NOW)

    assert free == who
    assert busy == []


def test_fences_only_rise_and_a_crew_given_back_is_home(demo_session: Session) -> None:
    until = NOW + timedelta(hours=3)
    first = leases.take(demo_session, "yl-crew-01", "jp", NOW, until)
    leases.release(demo_session, "yl-crew-01", "jp", NOW)
    held, fence = leases.holder(demo_session, "yl-crew-01", NOW)
    second = leases.take(demo_session, "yl-crew-01", "jp", NOW, until)

    assert held == "yl"
    assert first < fence < second


def test_a_crew_at_work_cannot_be_lent(own_demo_engine: Engine) -> None:
    life = Life(own_demo_engine, take(own_demo_engine).outage_id)
    life.repair("jp-crew-01")
    assigned = next(i for i, e in enumerate(life.events) if e.what.kind == "task_assigned")
    with Session(own_demo_engine) as session, session.begin():
        events = life.events[: assigned + 1]
        projection.append(session, life.state.id, events, fold(life.state.id, events))
        holder = boards.holder(session, life.state.tasks[0].id)
        with pytest.raises(Refused) as refusal:
            leases.take(session, "jp-crew-01", "yl", NOW, NOW + timedelta(hours=1))

    assert refusal.value.code == "crew_still_out"
    assert holder is not None
    assert (holder.crew_id, holder.callable_off) == ("jp-crew-01", True)


def test_shifts_are_laid_out_once_per_day(demo_session: Session) -> None:
    since, until = NOW + timedelta(days=20), NOW + timedelta(days=21)

    assert ensure_shifts(demo_session, since, until) == 2 * 18
    assert ensure_shifts(demo_session, since, until) == 0


def test_a_document_is_found_by_its_hash_and_kept_once(demo_session: Session) -> None:
    for _ in range(2):
        documents.put(demo_session, "plan", "h1", '{"a":1}', NOW)

    assert documents.get(demo_session, "h1", "plan") == '{"a":1}'
    assert documents.get(demo_session, "h1", "snapshot") is None


def test_the_latest_run_and_its_fate_are_known(demo_session: Session) -> None:
    first = PlanRun(
        id="r1", district_id="jp", at=NOW, mode="advise", snapshot_hash="s", plan_hash="p1",
        stop_cause="optimal", solver="test", wall_ms=5, trigger="stir", status="proposed",
    )  # fmt: skip
    second = replace(first, id="r2", plan_hash="p2", at=NOW + timedelta(minutes=1))
    for run in (first, second, second):
        plan_runs.add(demo_session, run, run.at)
    for status in ("proposed", "accepted", "proposed"):  # the board may come to it late
        plan_runs.set_status(demo_session, "jp", "p2", status, NOW + timedelta(minutes=2))
    latest = plan_runs.latest(demo_session, "jp")

    assert latest is not None
    assert (latest.plan_hash, latest.status) == ("p2", "accepted")
    assert [run.plan_hash for run in plan_runs.listed(demo_session, "jp")] == ["p2", "p1"]


def test_a_board_remembers_its_mode_and_its_orders(demo_session: Session) -> None:
    assert boards.mode_of(demo_session, "jp") is Mode.AUTO
    boards.record_view(demo_session, "jp", Mode.ADVISE, {"epoch": 3})
    order = {"kind": "mode", "subject": "chief", "body": {}, "now": NOW}
    assert boards.place_order(demo_session, "o-1", "jp", **order)
    boards.record_outcome(demo_session, "o-1", "jp", **order, answer={"accepted": True})
    kept = boards.order(demo_session, "o-1")

    assert boards.mode_of(demo_session, "jp") is Mode.ADVISE
    assert kept is not None
    assert kept.answer == {"accepted": True}
    assert boards.districts(demo_session) == ["jp", "yl"]


def test_a_history_is_kept_once_and_missing_ones_are_named(own_demo_engine: Engine) -> None:
    told = take(own_demo_engine)
    history = {
        "workflow_id": f"outage/{told.outage_id}", "run_id": "r1", "kind": "OutageRepair",
        "outage_id": told.outage_id, "events": 3, "digest": "d", "now": NOW,
        "body": gzip.compress(b"{}"),
    }  # fmt: skip
    with Session(own_demo_engine) as session, session.begin():
        session.execute(text("UPDATE outages SET closed_at = :now"), {"now": NOW})
        assert histories.missing(session) == [told.outage_id]
        histories.put(session, **history)
        histories.put(session, **history)

        assert histories.missing(session) == []
        assert histories.get(session, f"outage/{told.outage_id}", "r1") == "{}"
