"""`relight bench`: measure this code on this machine and print what was found."""

import json
import os
import platform
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from domain.words import say
from relight.bench.findings import Finding, show
from relight.bench.in_turn import measured
from relight.finish import finish
from relight.settings import SettingsRefused, load_settings

BENCHES = {
    "planner": "relight.bench.planner",
    "race": "relight.bench.race",
    "first_plan": "relight.bench.first_plan",
    "technicians": "relight.bench.technicians",
    "fit": "relight.bench.fit",
    "intake": "relight.bench.intake",
    "storm": "relight.bench.storm",
    "flood": "relight.bench.flood",
    "roads": "relight.bench.roads",
    "eta": "relight.bench.eta",
    "assignment": "relight.bench.assignment",
    "drill": "relight.bench.drilled",
    "history": "relight.bench.histories",
    "tiles": "relight.bench.tiles",
    "console": "relight.bench.console",
    "year": "relight.bench.year",
    "rolling": "relight.bench.rolling",
}


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("bench")
    def bench_command(
        names: Annotated[list[str] | None, typer.Argument(help="which; all if none")] = None,
        json_file: Annotated[Path | None, typer.Option("--json", help="findings as JSON")] = None,
    ) -> None:
        """Measure on private installations with the disk awaited, and print what was found."""
        lang = load_settings(running=False).language
        unknown = sorted(set(names or ()) - set(BENCHES))
        if unknown:
            known = ", ".join(BENCHES)
            raise SettingsRefused(say("bench.unknown", lang, name=unknown[0], known=known))
        if json_file is not None and not json_file.absolute().parent.is_dir():
            raise SettingsRefused(say("bench.no_folder", lang, file=json_file))
        wanted = list(dict.fromkeys(names or BENCHES))
        if len(wanted) == 1:
            keep(report([run(wanted[0], lang)]), json_file)
            finish(0)
        finish(1 if all_in_turn(wanted, json_file, lang) else 0)


def run(name: str, lang: str) -> Finding:
    """Measure one thing and print it at once."""
    measure: Callable[[], Finding] = import_module(BENCHES[name]).measure
    typer.echo(say("bench.measuring", lang, name=name, load=f"{os.getloadavg()[0]:.2f}"))
    finding = measure()
    show(finding, lang)
    return finding


def all_in_turn(names: Sequence[str], json_file: Path | None, lang: str) -> list[str]:
    """Measure one thing after the other and return what failed; what was found is kept at once."""
    told = report([])
    seconds: dict[str, float] = {}
    failed: dict[str, str] = {}
    for number, each in enumerate(measured(names), start=1):
        seconds[each.name] = round(each.seconds, 1)
        if each.found is not None:
            told[each.name] = each.found[each.name]
        else:
            failed[each.name] = str(each.failure)
        word = "took" if each.failure is None else "failed"
        params = {"name": each.name, "seconds": f"{each.seconds:.0f}", "why": each.failure}
        typer.echo(say(f"bench.{word}", lang, number=number, total=len(names), **params))
        keep(told | report([]) | {"seconds_taken": seconds, "failed": failed}, json_file)
    total = f"{sum(seconds.values()):.0f}"
    typer.echo(say("bench.total", lang, count=len(names) - len(failed), seconds=total))
    if failed:
        typer.echo(say("bench.failed_all", lang, names=", ".join(failed)), err=True)
    return list(failed)


def keep(told: dict[str, object], json_file: Path | None) -> None:
    """Write what was found to a file, if one is wanted."""
    if json_file is not None:
        text = json.dumps(told, indent=1, ensure_ascii=False)
        json_file.write_text(f"{text}\n", encoding="utf-8")


def report(findings: Sequence[Finding]) -> dict[str, object]:
    """Return everything found, with the machine it was found on."""
    machine = {
        "processors": os.cpu_count(),
        "machine": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "load_after": os.getloadavg()[0],
    }
    return {"machine": machine} | {finding.name: finding.as_json() for finding in findings}
