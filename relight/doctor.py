"""`relight doctor`: say what is wrong and how to mend it."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from domain.words import say
from relight.checks import Finding, Level, examine
from relight.finish import finish
from relight.settings import Settings, SettingsRefused, load_settings

MARKS = {Level.GOOD: ("✓", "green"), Level.WARNING: ("!", "yellow"), Level.BAD: ("✗", "red")}


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("doctor")
    def doctor_command(
        as_json: Annotated[bool, typer.Option("--json", help="one JSON document")] = False,
    ) -> None:
        """Say what is wrong and how to mend it."""
        try:
            settings = load_settings()
        except SettingsRefused as refusal:
            findings = [Finding("settings", Level.BAD, {"faults": str(refusal)})]
            settings = Settings.model_construct()
        else:
            findings = examine(settings)
        language = settings.language
        if as_json:
            typer.echo(as_document(findings, language))
        else:
            show(findings, language)
        finish(1 if any(finding.level is Level.BAD for finding in findings) else 0)


def sentence(finding: Finding, language: str) -> str:
    """Return what was found, in words."""
    return say(f"doctor.{finding.key}", language, **finding.params)


def mend(finding: Finding, language: str) -> str | None:
    """Return how to mend it, unless there is nothing to mend."""
    if finding.level is Level.GOOD:
        return None
    return say(f"doctor.{finding.key}_mend", language, **finding.params)


def as_document(findings: list[Finding], language: str) -> str:
    """Return the findings as JSON."""
    rows = [
        {
            "check": finding.key,
            "level": finding.level.value,
            "found": sentence(finding, language),
            "mend": mend(finding, language),
        }
        for finding in findings
    ]
    good = all(finding.level is not Level.BAD for finding in findings)
    return json.dumps({"healthy": good, "findings": rows}, ensure_ascii=False, indent=1)


def show(findings: list[Finding], language: str) -> None:
    """Print the findings, what is wrong with how to mend it below."""
    console = Console(soft_wrap=True, highlight=False)
    for finding in findings:
        mark, colour = MARKS[finding.level]
        console.print(Text(f"{mark} ", style=colour) + Text(sentence(finding, language)))
        advice = mend(finding, language)
        if advice:
            console.print(Text(f"    {advice}", style="bold"))
    bad = sum(finding.level is not Level.GOOD for finding in findings)
    key = "doctor.all_well" if bad == 0 else "doctor.count"
    console.print(say(key, language, count=bad), style="bold")
