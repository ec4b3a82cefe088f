"""`relight policy`: check the policy files and show what one of them promises."""

from pathlib import Path
from typing import Annotated

import typer

from domain.kinds import AreaClass
from domain.policy import Policy, PolicyError, parse_policy
from domain.words import say
from relight.finish import finish
from relight.settings import load_settings


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("policy")
    def policy_command(
        files: Annotated[
            list[Path] | None, typer.Argument(help="policy files; all installed ones if none")
        ] = None,
    ) -> None:
        """Check policy files; the exit code is 1 when one is refused."""
        settings = load_settings()
        refused = False
        for file in files or sorted(settings.policy_dir.glob("*.toml")):
            try:
                policy = parse_policy(file.read_text(encoding="utf-8"), str(file))
            except (PolicyError, OSError, UnicodeDecodeError) as fault:
                typer.echo(str(fault), err=True)
                refused = True
            else:
                typer.echo(describe(policy, settings.language))
        finish(1 if refused else 0)


def describe(policy: Policy, language: str) -> str:
    """Return name, version, title and arrival limits on one line each."""
    limits = ", ".join(
        f"{area.value} {policy.arrival_limit(area, None).total_seconds() / 60:.0f} min"
        for area in AreaClass
    )
    title = policy.title_zh if language == "zh" else policy.title_en
    return say(
        "up.policy",
        language,
        name=policy.name,
        version=policy.version,
        title=title,
        limits=limits,
    )
