"""A small drill on real servers: invented outages, everybody called back, nothing lost,
and every history replays to the same end."""

import pytest

from relight.drill_run import play_here
from relight.drill_script import DrillPlan
from sim.drill.generate import write_events
from sim.drill.journal import only, read_journal

SEED = 11


@pytest.mark.servers
@pytest.mark.timeout(300)
def test_a_small_drill_ends_with_every_caller_called_back(tmp_path):
    events, journal = tmp_path / "small.events.jsonl", tmp_path / "journal.jsonl"
    write_events(events, 8, seed=SEED, hours=1, from_hour=8)

    verdict, well = play_here(
        DrillPlan(events, rate=300, callers=4, seed=SEED, zone="UTC", journal=journal,
                  replay=True)
    )  # fmt: skip
    arrived = [e for e in only(read_journal(journal), "action.done") if e["kind"] == "arrive"]

    assert well
    assert journal.with_suffix(".html").read_text().startswith("<!DOCTYPE html>")
    assert (verdict.lost, verdict.doubled, verdict.unsure) == ([], [], 0)
    assert verdict.refused == {}
    assert verdict.closed == verdict.outages >= 4
    called = verdict.satisfied + verdict.unsatisfied + verdict.unreached
    assert called + verdict.meters_confirmed + verdict.meters_silent == verdict.acknowledged
    assert verdict.meters_confirmed > 0
    taken = only(read_journal(journal), "report.acknowledged")
    announced = {entry["outage"] for entry in taken if entry["planned"]}
    assert {entry["outage"] for entry in arrived} | announced == {e["outage"] for e in taken}
