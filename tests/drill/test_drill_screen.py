"""What a drill shows while it runs: a line now and then where there is no terminal."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from domain.clock import HouseClock
from relight import drill_screen
from relight.drill_screen import DrillScreen
from sim.drill.journal import Journal
from sim.drill.pace import Pace
from sim.drill.scene import Scene, Truth

HOUSE = datetime(2026, 1, 7, 4, tzinfo=UTC)


@pytest.fixture
def scene(tmp_path):
    clock = HouseClock(real_epoch=datetime.now(UTC), house_epoch=HOUSE, rate=1.0)
    journal = Journal(tmp_path / "j.jsonl")
    scene = Scene(None, journal, Pace(clock), Truth([]), 1, "run", "jp")
    seen = scene.progress
    seen.planned, seen.kills, seen.killed = 9, 2, "relay"
    for number in range(3):
        seen.taken(f"rep_{number}")
        seen.due[f"out_{number}"] = HOUSE + timedelta(minutes=45)
        seen.dark.add(f"out_{number}")
    seen.on_site |= {"out_0": HOUSE, "out_1": HOUSE + timedelta(hours=1)}
    seen.dark.discard("out_0")
    yield scene
    journal.close()


def shown(scene, monkeypatch, lang="en", times=1):
    monkeypatch.setattr(drill_screen, "PLAIN_EVERY_S", 3600.0 if times > 1 else -1.0)
    out = io.StringIO()
    screen = DrillScreen(lang, Console(file=out, width=300))
    screen._told_at = -1e9
    for _ in range(times):
        screen.tell(scene)
    return out.getvalue()


def test_a_line_tells_house_time_what_is_dark_what_was_in_time_and_what_was_killed(
    scene, monkeypatch
):
    line = shown(scene, monkeypatch)

    assert line.startswith("01-07 04:00")
    assert "reports 3/9, dark 2" in line
    assert "on time 50.00 % (1/2)" in line
    assert "still owed 3, kills 2 (last relay)" in line


def test_lines_come_now_and_then_and_in_both_languages(scene, monkeypatch):
    assert shown(scene, monkeypatch, times=50).count("\n") == 1
    assert "停电中 2" in shown(scene, monkeypatch, lang="zh")
