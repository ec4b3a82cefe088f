"""A whole drill against an API on paper: retries, truth, and a verdict that notices."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.clock import HouseClock
from sim.drill import agents, calls, crews, driver, kills, line
from sim.drill import meters as meters_room
from sim.drill import pace as pace_of
from sim.drill.driver import Driver
from sim.drill.generate import write_events
from sim.drill.journal import Journal, only, read_journal
from sim.drill.kills import Harasser, plan_kills
from sim.drill.pace import Pace
from sim.drill.records import read_records
from sim.drill.scene import Progress, Scene, Truth
from sim.drill.script import Stage, write_script
from sim.drill.transplant import Home, transplant
from tests.sim.paper_office import PaperOffice

SEED = 3


async def play(
    tmp_path, monkeypatch, *, kill_plan=(), parts=None, unanswered=0.08, meters=0.25, **manner
):
    """Play eight invented outages at great speed; return verdict, office and journal."""
    for room in (agents, crews):
        monkeypatch.setattr(room, "IDLE_S", 0.01)
    monkeypatch.setattr(crews, "LONGEST_IDLE_S", 0.01)
    for name in ("FIRST_WAIT_S", "LONGEST_WAIT_S"):
        monkeypatch.setattr(line, name, 0.01)
    monkeypatch.setattr(pace_of, "SHORTEST_S", 0.001)
    monkeypatch.setattr(driver, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(meters_room, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(meters_room, "SHARE_WORD_LOST", 0.0)
    monkeypatch.setattr(driver, "CLOSE_WITHIN_S", 0.5)
    monkeypatch.setattr(kills, "LOOK_EVERY_S", 0.02)
    write_events(tmp_path / "a.events.jsonl", 8, seed=SEED, hours=1)
    records = read_records(tmp_path / "a.events.jsonl")
    homes = [Home(f"p{i}", "t1", "s1", f"{i}", (106.5 + i * 1e-3, 29.5)) for i in range(9)]
    stage = Stage(ZoneInfo("UTC"), ZoneInfo("UTC"))
    placed = transplant(records, homes, records)
    script = write_script(placed, stage, seed=SEED, callers=3, meters=meters)
    clock = HouseClock(
        real_epoch=datetime.now(UTC), house_epoch=datetime(2026, 1, 7, tzinfo=UTC), rate=30_000
    )
    pace = Pace(clock)
    office = PaperOffice(pace, **manner)
    journal = Journal(tmp_path / "j.jsonl")
    scene = Scene(office, journal, pace, Truth(script), SEED, "run", "jp", unanswered=unanswered)
    drain = timedelta(hours=30)
    beside = [Harasser(scene, parts, kill_plan).harass()] if parts else []
    verdict = await Driver(scene, script, drain=drain).play(*beside)
    journal.close()
    return verdict, office, list(read_journal(journal.path))


async def test_every_caller_is_called_back_and_nothing_is_lost(tmp_path, monkeypatch):
    verdict, office, entries = await play(tmp_path, monkeypatch)

    assert verdict.good
    assert verdict.acknowledged == len(office.reports) > 8
    assert verdict.closed == verdict.outages == len(office.outages)
    ended = verdict.satisfied + verdict.unsatisfied + verdict.unreached + verdict.meters_confirmed
    assert ended == verdict.acknowledged
    assert verdict.rungs == {"arrival 50%": 1}
    assert only(entries, "drill.ends")[0]["owed"] == 0
    assert {entry["outage"] for entry in only(entries, "found")} == set(office.outages)
    assert {name for entry in only(entries, "lit") for name in entry["faults"]} == {
        entry["fault"] for entry in only(entries, "fault")
    }


async def test_a_caller_with_an_unknown_address_is_refused_and_says_it_right(tmp_path, monkeypatch):
    monkeypatch.setattr(calls, "SHARE_WRONG_PLACE", 1.0)
    verdict, _, entries = await play(tmp_path, monkeypatch, knows_addresses=False)
    corrected = only(entries, "report.corrected")

    assert verdict.good
    assert verdict.corrected == {"address_not_found": len(corrected)}
    assert {entry["said"] for entry in corrected} == {"No such address."}
    assert verdict.refused == {}
    assert {entry["ref"].removesuffix("-wrong") for entry in corrected} <= {
        entry["ref"] for entry in only(entries, "report.acknowledged")
    }


async def test_meters_say_that_their_supply_is_back_and_nobody_is_called_for_them(
    tmp_path, monkeypatch
):
    verdict, office, entries = await play(tmp_path, monkeypatch, unanswered=0.0, meters=1.0)
    by_meters = {name for name, report in office.reports.items() if report["meter"]}
    called = {entry["report"] for entry in only(entries, "callback.done")}

    assert verdict.good
    assert verdict.meters_confirmed == len(by_meters) > 0
    assert not by_meters & called
    assert verdict.unreached == 0
    assert sum(entry["words"] for entry in only(entries, "meters.said")) == len(by_meters)


def test_an_answer_that_comes_after_the_callback_leaves_nobody_owed():
    progress = Progress()
    progress.called("rep_1")
    progress.taken("rep_1")
    progress.taken("rep_2")

    assert progress.owed == {"rep_2"}


async def test_dropped_answers_are_asked_again_with_the_same_id(tmp_path, monkeypatch):
    verdict, office, entries = await play(tmp_path, monkeypatch, drops=0.2)
    given_up = {entry["ref"] for entry in only(entries, "report.given_up")}
    twice = [entry for entry in entries if entry.what.endswith(".sending") and entry["tries"] > 1]

    assert verdict.good
    assert twice
    assert len(office.reports) <= verdict.acknowledged + len(given_up)
    assert verdict.unsure == len(given_up)


async def test_what_is_sent_is_written_down_before_it_is_sent(tmp_path, monkeypatch):
    _, _, entries = await play(tmp_path, monkeypatch, drops=0.1)
    begun = set()
    for entry in entries:
        if entry.what == "report.sending":
            begun.add(entry["ref"])

        assert entry.what != "report.acknowledged" or entry["ref"] in begun


async def test_a_lost_report_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.drill.driver.CLOSE_WITHIN_S", 0.1)
    verdict, _, _ = await play(tmp_path, monkeypatch, loses=lambda number: number == 2)

    assert [fault.report for fault in verdict.lost] == ["rep_2"]
    assert verdict.lost[0].why == "absent"


async def test_a_key_taken_twice_is_named(tmp_path, monkeypatch):
    verdict, _, _ = await play(tmp_path, monkeypatch, swallows=1, forgets_keys=True)

    assert len(verdict.doubled) == 1
    assert not verdict.good


async def test_a_phone_without_signal_syncs_later_in_the_order_of_its_statements(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(crews, "SHARE_OFFLINE", 1.0)
    verdict, office, entries = await play(tmp_path, monkeypatch)
    kept = {entry["ref"] for entry in only(entries, "action.kept")}
    said: dict[str, list[int]] = {}
    for request in office.seen:
        if request.path.endswith("/actions"):
            said.setdefault(request.body["device"], []).append(request.body["device_seq"])

    assert verdict.good
    assert kept <= {entry["ref"] for entry in only(entries, "action.done")}
    assert all(numbers == sorted(numbers) for numbers in said.values())


async def test_a_completion_said_offline_and_refused_later_is_said_again(tmp_path, monkeypatch):
    monkeypatch.setattr(crews, "SHARE_OFFLINE", 1.0)
    monkeypatch.setattr(crews, "ROWS_LAG_S", 0.01)
    verdict, office, _ = await play(tmp_path, monkeypatch, refuses_completions=2)

    assert verdict.actions_refused == {"complete: move_not_allowed": 2}
    assert verdict.good
    assert {outage.state for outage in office.outages.values()} == {"done"}


async def test_a_nested_home_says_still_off_until_the_second_repair(tmp_path, monkeypatch):
    monkeypatch.setattr(calls, "SHARE_NESTED", 1.0)
    verdict, office, _ = await play(tmp_path, monkeypatch, unanswered=0.0, meters=0.0)

    assert verdict.good
    assert verdict.still_off == verdict.acknowledged
    assert all(outage.reopened == 1 for outage in office.outages.values())


class PaperParts:
    """Parts that can be killed, and fall by themselves once."""

    def __init__(self):
        self.running = set(kills.PARTS) - {"relay"}
        self.killed = []

    def kill(self, name):
        self.running.discard(name)
        self.killed.append(name)

    def start(self, name):
        self.running.add(name)

    def alive(self, name):
        return name in self.running


async def test_killed_and_fallen_parts_run_again(tmp_path, monkeypatch):
    monkeypatch.setattr(kills, "DOWN_TO_S", 0.02)
    monkeypatch.setattr(kills, "DOWN_FROM_S", 0.01)
    parts = PaperParts()
    plan = plan_kills(6, 9, SEED)

    verdict, _, entries = await play(tmp_path, monkeypatch, kill_plan=plan, parts=parts)

    assert sorted(parts.killed) == sorted(kills.PARTS)
    assert parts.running == set(kills.PARTS)
    assert [entry["part"] for entry in only(entries, "fell")] == ["relay"]
    assert verdict.kills == dict.fromkeys(kills.PARTS, 1)


def test_the_same_seed_plans_the_same_kills_and_every_part_has_its_turn():
    plan = plan_kills(12, 200, seed=9)

    assert plan == plan_kills(12, 200, seed=9)
    assert plan != plan_kills(12, 200, seed=10)
    assert {kill.part for kill in plan[:6]} == set(kills.PARTS)
    assert all(0 < kill.after < 400 for kill in plan)
