"""What the drill command refuses, and where it puts a day on a running installation."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from relight.drill_run import play_there
from relight.drill_script import DrillPlan, compose
from relight.settings import SettingsRefused
from sim.drill.generate import write_events
from sim.drill.records import RecordsRefused

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def plan(tmp_path):
    events = tmp_path / "day.events.jsonl"
    write_events(events, 20, seed=3, hours=6, from_hour=8)
    return DrillPlan(events, zone="UTC", callers=3)


def test_an_installation_in_real_time_is_refused(plan, demo_url, tmp_path, monkeypatch):
    monkeypatch.setenv("RELIGHT_DATABASE_URL", demo_url)
    monkeypatch.setenv("RELIGHT_STATE_DIR", str(tmp_path))

    with pytest.raises(SettingsRefused, match="real time"):
        play_there(plan, "http://127.0.0.1:9", yes_real_time=False)


def test_a_day_without_outages_is_refused_and_the_record_named(plan):
    with pytest.raises(RecordsRefused, match=r"began on 2026-02-01; .* 2026-01-07 to 2026-01-07"):
        compose(replace(plan, day=date(2026, 2, 1)), SHANGHAI)


def test_a_day_just_ahead_is_kept_and_one_that_passed_begins_now(plan):
    own = compose(plan, SHANGHAI)
    ahead = compose(plan, SHANGHAI, own.begins.astimezone(UTC) - timedelta(hours=2))
    late = datetime(2026, 3, 1, 15, tzinfo=UTC)
    moved = compose(plan, SHANGHAI, late)

    assert ahead.begins == own.begins
    assert ahead.faults == own.faults
    assert moved.begins == late
    assert moved.faults[0].off - own.faults[0].off == late - own.begins


def test_a_storm_is_invented_by_seed_and_never_beside_a_record(plan):
    storm = replace(plan, events=None, storm="light")
    script = compose(storm, SHANGHAI)

    assert len(script.faults) == 110
    assert compose(storm, SHANGHAI).faults == script.faults
    assert compose(replace(storm, seed=2), SHANGHAI).faults != script.faults
    for none_or_both in (replace(plan, storm="light"), replace(plan, events=None)):
        with pytest.raises(RecordsRefused, match="either --events FILE or --storm"):
            compose(none_or_both, SHANGHAI)


def test_hours_and_limit_cut_the_day_short(plan):
    whole = compose(plan, SHANGHAI)
    short = compose(replace(plan, hours=12), SHANGHAI)
    few = compose(replace(plan, limit=5), SHANGHAI)

    assert len(few.faults) == 5
    assert len(few.faults) < len(short.faults) < len(whole.faults) == 20
