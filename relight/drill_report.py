"""The report of a drill as files: all numbers as JSON, and one page for everybody."""

import json
from pathlib import Path
from typing import Any

from domain.clock import HouseClock
from relight.drill_script import DrillPlan, Script
from relight.settings import Settings
from sim.drill.account import give_account
from sim.drill.journal import read_journal
from sim.drill.page import write_page
from sim.drill.verdict import Verdict


def setting_of(
    plan: DrillPlan, script: Script, settings: Settings, clock: HouseClock
) -> dict[str, Any]:
    """Return what the report says of the play itself, for the first line of the journal."""
    return {
        "source": plan.source,
        "day": script.day,
        "towns": script.towns,
        "transplanted": plan.events is not None,
        "storm": plan.storm,
        "district_en": script.scenery.name_en,
        "district_zh": script.scenery.name_zh,
        "rate": clock.rate,
        "zone": settings.time_zone,
    }


def write_report(plan: DrillPlan, journal: Path, verdict: Verdict) -> dict[str, Path]:
    """Write both files, beside the journal where no other place was named; returns where."""
    account = give_account(list(read_journal(journal)), verdict)
    html = plan.html or journal.with_suffix(".html")
    numbers = plan.json_file or journal.with_suffix(".json")
    html.write_text(write_page(account, plan.lang), encoding="utf-8")
    text = json.dumps(account.as_json(), indent=1, ensure_ascii=False, default=str)
    numbers.write_text(text + "\n", encoding="utf-8")
    return {"html": html, "json": numbers}
