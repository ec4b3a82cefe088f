"""`relight drill`: play recorded outages through the public API and draw the verdict."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer
from typer import Option

from relight.drill_run import play_here, play_there
from relight.drill_script import DrillPlan
from relight.finish import finish
from relight.settings import SettingsRefused, load_settings
from sim.drill.records import RecordsRefused

Events = Annotated[Path | None, Option(help="recorded outages: .csv or .events.jsonl, or .gz")]
Strength = Annotated[
    Literal["light", "heavy", "extreme"] | None, Option(help="invent a day by the seed instead")
]
JsonFile = Annotated[Path | None, Option("--json", help="all numbers; else beside the journal")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("drill")(drill_command)


def drill_command(
    events: Events = None,
    storm: Strength = None,
    day: Annotated[str | None, Option(help="YYYY-MM-DD; the busiest if none")] = None,
    hours: Annotated[float, Option(min=0.1, help="hours of that day to play")] = 24.0,
    rate: Annotated[float, Option(min=0.1, help="house seconds per second")] = 200.0,
    callers: Annotated[int, Option(min=1, help="callers per outage at most")] = 8,
    seed: Annotated[int, Option(help="seed of everything left to chance")] = 1,
    limit: Annotated[int | None, Option(min=1, help="outages at most")] = None,
    zone: Annotated[str, Option(help="zone of the record")] = "America/Vancouver",
    mode: Annotated[Literal["auto", "advise"], Option(help="advise: a dispatcher")] = "auto",
    kills: Annotated[int, Option(min=0, help="kill -9 so many times")] = 0,
    kill_at: Annotated[str | None, Option(help="named kill points: POINT@VISIT,...")] = None,
    drain_hours: Annotated[float, Option(min=0, help="wait after the last call")] = 60.0,
    keep: Annotated[bool, Option("--keep", help="keep data and logs")] = False,
    replay: Annotated[bool, Option("--replay", help="replay all outages afterwards")] = False,
    base_url: Annotated[str | None, Option(help="a running rehearsal")] = None,
    yes_real_time: Annotated[bool, Option("--yes-real-time")] = False,
    journal: Annotated[Path | None, Option(help="where to write the journal")] = None,
    json_file: JsonFile = None,
    html: Annotated[Path | None, Option(help="the report; beside the journal if not given")] = None,
    lang: Annotated[str | None, Option(help="en or zh")] = None,
) -> None:
    """Play recorded outages through the public API; exit 1 when one is lost or doubled."""
    plan = DrillPlan(
        events=events, storm=storm, day=date.fromisoformat(day) if day else None,
        hours=hours, rate=rate, callers=callers, seed=seed, limit=limit, zone=zone,
        advise=mode == "advise", kills=kills, kill_at=kill_at, drain_hours=drain_hours, keep=keep,
        replay=replay, journal=journal, json_file=json_file, html=html,
        lang=lang or load_settings(running=False).language,
    )  # fmt: skip
    try:
        if base_url is None:
            _, well = play_here(plan)
        else:
            _, well = play_there(plan, base_url, yes_real_time=yes_real_time)
    except RecordsRefused as refusal:
        raise SettingsRefused(str(refusal)) from refusal
    finish(0 if well else 1)
