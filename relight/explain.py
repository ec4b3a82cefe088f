"""`relight explain`: why each task of a plan goes to its crew or to none, without any server."""

from pathlib import Path
from typing import Annotated

import typer

from domain.errors import Refused
from domain.value import canonical_json
from domain.words import LANGUAGES, say
from relight.plan import Json, Lang, SnapshotFile, Unreadable, load_plan, load_snapshot, told
from relight.road_engines import roads_of
from relight.settings import load_settings
from routing.inspection import broken, check
from routing.receipt import Plan
from routing.snapshot import Snapshot
from routing.telling import sentences
from routing.travel import Travel
from routing.why import RUNNERS_UP, Explainer, Why


def register(app: typer.Typer) -> None:
    """Add `explain` to the command line."""
    app.command("explain", help="say why each task goes to its crew or to none")(explain_command)


def explain_command(
    file: SnapshotFile,
    plan_file: Annotated[Path, typer.Argument(help="its plan, as JSON")],
    task: Annotated[list[str] | None, typer.Option(help="only this task; may be repeated")] = None,
    previous: Annotated[Path | None, typer.Option(help="the plan before, as JSON")] = None,
    runners: Annotated[int, typer.Option(min=0, max=100, help="how many others")] = RUNNERS_UP,
    as_json: Json = False,
    lang: Lang = "en",
) -> None:
    """Print for each task its crew's price by term, the runners-up, and who cannot."""
    lang = lang if lang in LANGUAGES else "en"
    try:
        snapshot, made = load_snapshot(file, lang), load_plan(plan_file, lang)
        before = load_plan(previous, lang) if previous else None
        travel = roads_of(load_settings()).travel(snapshot)
        found = explained(snapshot, made, before, travel, tasks=task, runners=runners)
    except (Unreadable, Refused) as problem:
        typer.echo(told(problem, lang), err=True)
        raise typer.Exit(2) from problem
    if as_json:
        typer.echo(canonical_json([each.model_dump(mode="json") for each in found]))
        return
    for each in found:
        first, *rest = sentences(each, lang)
        typer.echo("\n  ".join([first, *rest]))
    typer.echo(say("why.as_of", lang, at=f"{snapshot.at:%F %T} UTC", plan=made.digest()[:12]))


def explained(
    snapshot: Snapshot,
    made: Plan,
    previous: Plan | None,
    travel: Travel,
    *,
    tasks: list[str] | None,
    runners: int,
) -> list[Why]:
    """Explain some tasks or all; raises Refused for a plan that cannot be of this snapshot."""
    if made.snapshot != snapshot.digest():
        raise Refused("plan_of_another_snapshot")
    if faults := broken(check(snapshot, made, previous=previous, travel=travel)):
        raise Refused("plan_unsound", fault=faults[0].fault.value)
    explainer = Explainer(snapshot, made, previous=previous, travel=travel)
    names = tasks or [each.id for each in snapshot.tasks]
    return [explainer.why(name, runners) for name in names]
