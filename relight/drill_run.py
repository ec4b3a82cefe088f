"""Playing a drill: on a rehearsal installation of its own, or on one that runs already."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain.clock import HouseClock
from domain.words import say
from relight.drill_line import HttpLine
from relight.drill_report import setting_of, write_report
from relight.drill_roads import way_of
from relight.drill_scenery import loaded_scenery
from relight.drill_screen import DrillScreen
from relight.drill_script import DrillPlan, Script, compose
from relight.rehearsal import clock_of, rehearsal
from relight.settings import CODE, PREFIX, Settings, SettingsRefused, as_environment, load_settings
from relight.stack import Stack
from sim.drill.driver import Driver
from sim.drill.journal import Journal
from sim.drill.kills import Harasser, plan_kills
from sim.drill.pace import Pace
from sim.drill.scene import Scene, Truth
from sim.drill.verdict import Verdict
from store import histories
from store.engine import connect

# Real seconds between the set house clock and the first call: the installation must start.
HEAD_START_S = 25
ARCHIVED_WITHIN_S = 60.0


def play_here(
    plan: DrillPlan, afterwards: Callable[[Settings], object] | None = None
) -> tuple[Verdict, bool]:
    """Play on a rehearsal of our own; return the verdict, and whether replay agreed too.

    `afterwards` may look at the installation before it is taken down.
    """
    screen = DrillScreen(plan.lang)
    script = compose(plan, ZoneInfo(load_settings(running=False).time_zone))
    screen.say("drill.starting")
    epoch = script.begins - timedelta(seconds=HEAD_START_S * plan.rate)
    well: list[bool] = []
    # Asked to end, end as if by Ctrl-C: the rehearsal is taken down on the way out.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with rehearsal(
        house_epoch=epoch.astimezone(UTC),
        rate=plan.rate,
        watched=not plan.under_fire,
        kill_at=plan.kill_at,
        keep=lambda: plan.keep or not any(well),
    ) as stack:
        settings = stack.settings
        verdict = asyncio.run(_play(plan, script, screen, settings, clock_of(settings), stack))
        well.append(verdict.good and (not plan.replay or replays(settings)))
        if afterwards is not None:
            afterwards(settings)
        if plan.keep or not any(well):
            screen.say("drill.kept", directory=settings.state_dir)
    return verdict, any(well)


def play_there(plan: DrillPlan, url: str, *, yes_real_time: bool) -> tuple[Verdict, bool]:
    """Play on a running installation; return the verdict, and whether replay agreed too."""
    screen = DrillScreen(plan.lang)
    settings = load_settings()
    if settings.database_url is None:
        raise SettingsRefused(say("doctor.no_database_address", plan.lang))
    clock = clock_of(settings)
    if clock.rate == 1 and not yes_real_time:
        raise SettingsRefused(say("drill.real_time_refused", plan.lang, url=url))
    now = clock.house(datetime.now(UTC))
    scenery = loaded_scenery(settings.database_url)
    script = compose(plan, ZoneInfo(settings.time_zone), now, scenery)
    verdict = asyncio.run(_play(plan, script, screen, settings, clock, None, url))
    return verdict, verdict.good and (not plan.replay or replays(settings))


async def _play(
    plan: DrillPlan,
    script: Script,
    screen: DrillScreen,
    settings: Settings,
    clock: HouseClock,
    stack: Stack | None,
    url: str | None = None,
) -> Verdict:
    run = f"{plan.seed}-{datetime.now(UTC):%Y%m%d%H%M%S}"
    kept = load_settings(running=False).state_dir / "drills"
    journal = Journal(plan.journal or kept / f"{run}.jsonl", durable=True)
    base_url = url or settings.api_url or ""
    screen.begin(plan, script, journal.path, base_url, clock)
    async with HttpLine(base_url, settings) as line:
        scene = Scene(
            line=line, journal=journal, pace=Pace(clock), truth=Truth(script.faults),
            seed=plan.seed, run=run, district=script.scenery.district,
            unanswered=plan.unanswered, way=way_of(settings, script.begins),
        )  # fmt: skip
        scene.write("drill.setting", **setting_of(plan, script, settings, clock))
        driver = Driver(
            scene, script.faults, drain=timedelta(hours=plan.drain_hours), advise=plan.advise,
            tell=screen.tell,
        )  # fmt: skip
        harassing = []
        if stack is not None and plan.under_fire:
            kills = plan_kills(plan.kills, script.calls, plan.seed)
            harassing = [Harasser(scene, stack, kills).harass()]
        verdict = await driver.play(*harassing)
    journal.close()
    screen.show(verdict)
    screen.say("drill.report_kept", **write_report(plan, journal.path, verdict))
    return verdict


def replays(settings: Settings) -> bool:
    """Replay every archived outage of an installation; tell whether none diverged."""
    _await_archive(settings)
    ours = {name: text for name, text in os.environ.items() if not name.startswith(PREFIX)}
    command = [sys.executable, "-m", "relight", "replay", "all"]
    done = subprocess.run(command, env=ours | as_environment(settings), cwd=CODE, check=False)
    return done.returncode == 0


def _await_archive(settings: Settings) -> None:
    """Give the histories of the last outages a moment to be stored."""
    engine = connect(settings.database_url or "", connections=1, name="drill")
    latest = time.monotonic() + ARCHIVED_WITHIN_S
    try:
        while time.monotonic() < latest:
            with Session(engine) as session:
                if not histories.missing(session):
                    return
            time.sleep(1.0)
    finally:
        engine.dispose()
