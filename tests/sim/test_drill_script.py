"""What will be played: places moved, callers drawn, the same under the same seed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from relight.drill_scenery import demo_homes
from sim.drill.calls import Call
from sim.drill.generate import write_events
from sim.drill.records import RecordedOutage, read_records
from sim.drill.script import GASPS_AT_MOST, Fault, Stage, write_script
from sim.drill.transplant import Home, transplant
from store.demo.ground import CITY

OFF = datetime(2026, 1, 7, 16, tzinfo=UTC)
STAGE = Stage(ZoneInfo("America/Vancouver"), ZoneInfo("Asia/Shanghai"))


def a_record(number: int, customers: int = 1, lon: float = 10.0, lat: float = 51.0):
    return RecordedOutage(
        f"{number}", "Ashford", "Wire down", customers, OFF, OFF + timedelta(hours=2), lon, lat
    )


def homes_on_a_street() -> list[Home]:
    return [
        Home(f"p{i}", f"t{i // 5}", f"s{i // 20}", f"{i} Plum Road", (106.5 + i * 0.001, 29.5))
        for i in range(40)
    ]


def test_wall_clock_times_are_kept_and_a_shift_moves_them_all():
    shifted = Stage(STAGE.recorded, STAGE.house, timedelta(days=3))

    assert STAGE.house_time(OFF).isoformat() == "2026-01-07T08:00:00+08:00"
    assert shifted.house_time(OFF).isoformat() == "2026-01-10T08:00:00+08:00"


def test_offsets_keep_their_direction_and_small_outages_stay_under_one_transformer():
    records = [a_record(1), a_record(2, 4, lon=10.05), a_record(3, 18, lon=9.95)]

    middle, east, west = transplant(records, homes_on_a_street(), records)

    assert west.homes[0].at[0] < middle.homes[0].at[0] < east.homes[0].at[0]
    assert len(middle.homes) == 1
    assert len({home.transformer for home in east.homes}) == 1
    assert len(west.homes) == 18
    assert len({home.section for home in west.homes}) == 1


def test_the_same_seed_writes_the_same_script_and_keys_are_unlike(tmp_path):
    write_events(tmp_path / "a.events.jsonl", 60, seed=2)
    records = read_records(tmp_path / "a.events.jsonl")
    placed = transplant(records, homes_on_a_street(), records)

    first = write_script(placed, STAGE, seed=1, callers=8)
    calls = [call for fault in first for call in fault.calls]

    assert first == write_script(placed, STAGE, seed=1, callers=8)
    assert first != write_script(placed, STAGE, seed=2, callers=8)
    assert len({call.key for call in calls}) == len(calls)
    assert {call.manner for call in calls} == {"with_key", "sent_twice", "without_key"}
    assert all(call.at > fault.off for fault in first for call in fault.calls)
    assert max(len(persons(fault)) for fault in first) <= 8
    assert max(len(fault.calls) for fault in first) <= 8 + GASPS_AT_MOST


def persons(fault: Fault) -> list[Call]:
    return [call for call in fault.calls if call.channel != "meter"]


def test_meters_tell_within_seconds_and_leave_no_person_to_call(tmp_path):
    write_events(tmp_path / "a.events.jsonl", 60, seed=2, fewest=9)
    records = read_records(tmp_path / "a.events.jsonl")
    placed = transplant(records, homes_on_a_street(), records)
    first = write_script(placed, STAGE, seed=1, callers=8, meters=1.0)
    gasps = [(f, c) for f in first for c in f.calls if c.channel == "meter"]

    assert all(len(persons(fault)) < len(fault.calls) for fault in first)
    assert {tuple(call.body["place"]) for _, call in gasps} == {("service_point_id",)}
    assert not [call for _, call in gasps if "reporter_phone" in call.body]
    assert max(call.at - fault.off for fault, call in gasps) <= timedelta(seconds=6)
    assert not [
        call
        for fault in write_script(placed, STAGE, seed=1, callers=8, meters=0.0)
        for call in fault.calls
        if call.channel == "meter"
    ]


def test_planned_work_is_known_by_its_cause_and_only_a_single_home_fails_behind_its_meter():
    planned = replace(a_record(1), cause="Planned work being done on our equipment")
    records = [planned, *(a_record(n, customers=1 + n % 2) for n in range(2, 80))]

    faults = write_script(
        transplant(records, homes_on_a_street(), records), STAGE, seed=1, callers=8
    )
    behind = [fault for fault in faults if fault.kind == "customer_side"]

    assert faults[0].kind == "planned"
    assert {fault.kind for fault in faults} == {"planned", "ordinary", "customer_side"}
    assert {fault.customers for fault in behind} == {1}


def test_some_callers_say_a_wrong_place_first_and_know_the_right_one(tmp_path):
    write_events(tmp_path / "a.events.jsonl", 200, seed=2)
    records = read_records(tmp_path / "a.events.jsonl")
    faults = write_script(
        transplant(records, homes_on_a_street(), records), STAGE, seed=1, callers=8
    )
    calls = [call for fault in faults for call in fault.calls]
    wrong = [call for call in calls if call.wrong is not None]

    assert 0 < len(wrong) < len(calls) / 8
    assert {tuple(call.wrong) for call in wrong} == {("at",), ("address",)}
    assert not [call for call in wrong if call.wrong == call.body["place"]]


def test_every_call_says_exactly_one_kind_of_place(tmp_path):
    write_events(tmp_path / "a.events.jsonl", 60, seed=2)
    records = read_records(tmp_path / "a.events.jsonl")
    faults = write_script(
        transplant(records, homes_on_a_street(), records), STAGE, seed=1, callers=8
    )

    kinds = [tuple(call.body["place"]) for fault in faults for call in fault.calls]

    assert set(kinds) == {("service_point_id",), ("address",), ("at",)}


def test_the_scenery_is_what_the_demo_loads(demo_engine):
    with demo_engine.connect() as connection:
        loaded = connection.exec_driver_sql(
            "SELECT p.id, p.transformer_id, t.section_id, p.address, ST_X(p.at), ST_Y(p.at)"
            " FROM service_points p JOIN transformers t ON t.id = p.transformer_id"
            " WHERE p.id LIKE 'jp-%%' ORDER BY p.id"
        ).all()

    drawn = sorted(
        (h.service_point, h.transformer, h.section, h.address, *h.at) for h in demo_homes(CITY)
    )

    assert len(drawn) > 2_000
    assert drawn == sorted(tuple(row) for row in loaded)
