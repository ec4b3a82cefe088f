"""`relight bench`: measure this code on this machine and print what was found."""

import json
import os
import platform
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from domain.words import say
from relight.bench.findings import Finding, show
from relight.finish import finish
from relight.settings import SettingsRefused, load_settings

BENCHES = {
    "planner": "relight.bench.planner",
    "intake": "relight.bench.intake",
    "storm": "relight.bench.storm",
    "flood": "relight.bench.flood",
    "roads": "relight.bench.roads",
    "assignment": "relight.bench.assignment",
    "history": "relight.bench.histories",
    "tiles": "relight.bench.tiles",
    "year": "relight.bench.year",
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
        findings = [run(name, lang) for name in names or BENCHES]
        if json_file is not None:
            text = json.dumps(report(findings), indent=1, ensure_ascii=False)
            json_file.write_text(f"{text}\n", encoding="utf-8")
        finish(0)


def run(name: str, lang: str) -> Finding:
    """Measure one thing and print it at once."""
    measure: Callable[[], Finding] = import_module(BENCHES[name]).measure
    typer.echo(say("bench.measuring", lang, name=name, load=f"{os.getloadavg()[0]:.2f}"))
    finding = measure()
    show(finding, lang)
    return finding


def report(findings: list[Finding]) -> dict[str, object]:
    """Return everything found, with the machine it was found on."""
    machine = {
        "processors": os.cpu_count(),
        "machine": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "load_after": os.getloadavg()[0],
    }
    return {"machine": machine} | {finding.name: finding.as_json() for finding in findings}
