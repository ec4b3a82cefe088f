"""What a drill shows while it runs, and the verdict table at its end."""

import time
from datetime import UTC, tzinfo
from pathlib import Path

from rich.console import Console
from rich.table import Table

from domain.clock import HouseClock
from domain.measures import share
from domain.words import say
from relight.drill_script import DrillPlan, Script
from sim.drill.scene import Scene
from sim.drill.table import faults, rows
from sim.drill.verdict import Verdict

PLAIN_EVERY_S = 20.0


class DrillScreen:
    """One changing line on a terminal; a plain line now and then elsewhere."""

    def __init__(self, lang: str, console: Console | None = None) -> None:
        self._lang = lang
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._status = self._console.status("") if self._console.is_terminal else None
        self._told_at = 0.0
        self._zone: tzinfo | None = UTC

    def say(self, key: str, **params: object) -> None:
        """Print one sentence."""
        self._console.print(say(key, self._lang, **params))

    def begin(
        self, plan: DrillPlan, script: Script, journal: Path, url: str, clock: HouseClock
    ) -> None:
        """Say what will be played and where its places come from."""
        self._zone = script.begins.tzinfo
        self.say("drill.serving", url=url, house=script.begins.isoformat(timespec="minutes"))
        self.say(
            "drill.begins", outages=len(script.faults), day=script.day, file=plan.source,
            calls=script.calls, rate=f"{clock.rate:g}", seed=plan.seed,
        )  # fmt: skip
        if plan.events is not None:
            self.say(
                "drill.transplanted", outages=len(script.faults), towns=script.towns,
                district=script.scenery.name(self._lang),
            )  # fmt: skip
        else:
            self.say("drill.report.invented", storm=plan.storm)
        self.say("drill.journal", file=journal)
        if self._status is not None:
            self._status.start()

    def tell(self, scene: Scene) -> None:
        """Show how far the drill is."""
        now = time.monotonic()
        if self._status is None and now - self._told_at < PLAIN_EVERY_S:
            return
        self._told_at = now
        seen = scene.progress
        sentence = say(
            "drill.progress", self._lang,
            house=f"{scene.pace.house_now().astimezone(self._zone):%m-%d %H:%M}",
            acknowledged=seen.acknowledged, planned=seen.planned, arrivals=seen.arrivals,
            restorations=seen.restorations, called_back=seen.called_back, owed=len(seen.owed),
            open=len(seen.dark), on_time=share(*seen.on_time),
            kills=seen.kills, killed=seen.killed,
        )  # fmt: skip
        if self._status is not None:
            self._status.update(sentence)
        else:
            self._console.print(sentence)

    def show(self, verdict: Verdict) -> None:
        """Print the verdict table, and name what was lost or doubled."""
        if self._status is not None:
            self._status.stop()
        table = Table(title=say("drill.title", self._lang), show_header=False)
        table.add_column(no_wrap=True)
        table.add_column()
        for label, numbers in rows(verdict, self._lang):
            table.add_row(label, numbers)
        self._console.print(table, soft_wrap=False)
        for sentence in faults(verdict, self._lang):
            self._console.print(sentence)
        if verdict.good:
            self.say("drill.good")
