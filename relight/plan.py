"""`relight plan` and `relight check`: plan a snapshot file and judge a plan, without any server."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from domain.errors import Refused
from domain.value import canonical_json
from domain.words import LANGUAGES, say
from relight.instance import NotAnInstance, plan_instance, read_instance
from relight.road_engines import roads_of
from relight.settings import load_settings
from routing.inspection import broken, check
from routing.planner import plan
from routing.receipt import Plan, Reason, Violation, Visit
from routing.snapshot import UNCOUNTED, Snapshot, Stop, read_snapshot
from routing.telling import terms_told
from routing.travel import Travel

SnapshotFile = Annotated[Path, typer.Argument(help="a snapshot, as JSON")]
Json = Annotated[bool, typer.Option("--json", help="print JSON instead of a table")]
Lang = Annotated[str, typer.Option(envvar="RELIGHT_LANGUAGE", help="en or zh")]


class Unreadable(Exception):  # noqa: N818 - the file is; the program is not in error
    """A file is missing or is not what it should be; the text says where."""


def register(app: typer.Typer) -> None:
    """Add `plan` and `check` to the command line."""
    app.command("plan", help="plan a snapshot file")(plan_command)
    app.command("check", help="check a plan against its snapshot")(check_command)


def plan_command(
    file: SnapshotFile,
    seconds: Annotated[float | None, typer.Option(help="safety cap in real seconds")] = None,
    solutions: Annotated[int | None, typer.Option(help="end after so many solutions")] = None,
    previous: Annotated[Path | None, typer.Option(help="the plan before, as JSON")] = None,
    intended: Annotated[
        Path | None, typer.Option(help="the plan made last, to begin from, as JSON")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="write the plan here")] = None,
    bench: Annotated[bool, typer.Option("--bench", help="FILE is a neutral instance")] = False,
    as_json: Json = False,
    lang: Lang = "en",
) -> None:
    """Plan one snapshot and print who goes where, and who waits and why."""
    lang = lang if lang in LANGUAGES else "en"
    if bench:
        race(file, seconds, solutions, lang)
        return
    try:
        snapshot = load_snapshot(file, lang)
        before = load_plan(previous, lang) if previous else None
        begun = load_plan(intended, lang) if intended else None
        stop = search_limits(snapshot, seconds, solutions)
        made = plan(snapshot, before, stop=stop, travel=travel_for(snapshot), intended=begun)
    except (Unreadable, ValidationError, Refused) as problem:
        typer.echo(told(problem, lang), err=True)
        raise typer.Exit(2) from problem
    text = canonical_json(made.model_dump(mode="json"))
    if out is not None:
        out.write_text(f"{text}\n", encoding="utf-8")
    if as_json:
        typer.echo(text)
    else:
        show_plan(snapshot, made, lang)


def check_command(
    file: SnapshotFile,
    plan_file: Annotated[Path, typer.Argument(help="its plan, as JSON")],
    previous: Annotated[Path | None, typer.Option(help="the plan before, as JSON")] = None,
    as_json: Json = False,
    lang: Lang = "en",
) -> None:
    """Judge a plan by arithmetic of its own; ends with 1 when something is wrong."""
    lang = lang if lang in LANGUAGES else "en"
    try:
        snapshot, made = load_snapshot(file, lang), load_plan(plan_file, lang)
        before = load_plan(previous, lang) if previous else None
        found = check(snapshot, made, previous=before, travel=travel_for(snapshot))
    except (Unreadable, Refused) as problem:
        typer.echo(told(problem, lang), err=True)
        raise typer.Exit(2) from problem
    if as_json:
        typer.echo(canonical_json([each.model_dump(mode="json") for each in found]))
    else:
        show_violations(found, lang)
    if broken(found):
        raise typer.Exit(1)


def race(file: Path, seconds: float | None, solutions: int | None, lang: str) -> None:
    """Plan a neutral instance and print its routes as JSON."""
    try:
        snapshot, travel = read_instance(_read(file, lang))
        stop = search_limits(snapshot, seconds, solutions)
    except (Unreadable, ValidationError) as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(2) from problem
    except NotAnInstance as problem:
        typer.echo(say("plan.instance_invalid", lang, file=file, problem=problem), err=True)
        raise typer.Exit(2) from problem
    typer.echo(canonical_json(plan_instance(snapshot, travel, stop)))


def travel_for(snapshot: Snapshot) -> Travel:
    """Return the travel of a snapshot; its roads must be in the state directory of this machine."""
    return roads_of(load_settings()).travel(snapshot)


def told(problem: Exception, lang: str) -> str:
    """Return what went wrong as a sentence."""
    if isinstance(problem, Refused):
        return say(f"refused.{problem.code}", lang, **problem.params)
    return str(problem)


def load_snapshot(file: Path, lang: str) -> Snapshot:
    """Read a snapshot file; raises Unreadable with the field at fault."""
    try:
        return read_snapshot(_read(file, lang))
    except Refused as refusal:
        lines = [
            say("plan.snapshot_invalid", lang, file=file, pointer=pointer, problem=problem)
            for pointer, problem in refusal.params["problems"]
        ]
        raise Unreadable("\n".join(lines)) from refusal


def load_plan(file: Path, lang: str) -> Plan:
    """Read a plan file; raises Unreadable with the field at fault."""
    try:
        return Plan.model_validate_json(_read(file, lang))
    except ValidationError as error:
        lines = [
            say(
                "plan.plan_invalid",
                lang,
                file=file,
                pointer="".join(f"/{part}" for part in each["loc"]),
                problem=each["msg"],
            )
            for each in error.errors(include_url=False)
        ]
        raise Unreadable("\n".join(lines)) from error


def _read(file: Path, lang: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        text = say("plan.file_unreadable", lang, file=file, problem=error.strerror)
        raise Unreadable(text) from error


def search_limits(snapshot: Snapshot, seconds: float | None, solutions: int | None) -> Stop:
    """Return the snapshot's limits with what the command line says instead.

    With seconds alone the count no longer ends the search: the plan may not be repeatable.
    """
    limits = snapshot.stop.model_dump()
    if seconds is not None:
        limits["wall_s"] = seconds
        limits["solutions"] = UNCOUNTED
    if solutions is not None:
        limits["solutions"] = solutions
    return Stop.model_validate(limits)


def show_plan(snapshot: Snapshot, made: Plan, lang: str) -> None:
    """Print a plan as tables."""
    screen = Console(soft_wrap=True)
    heading = say("plan.heading", lang, district=snapshot.district, at=f"{snapshot.at:%F %T} UTC")
    table = Table(title=heading)
    for name in ("crew", "task", "drive", "arrival", "done", "promise"):
        table.add_column(say(f"plan.{name}", lang))
    for route in made.routes:
        for visit in route.visits:
            table.add_row(
                route.crew if visit.sequence == 1 else "",
                f"{visit.sequence}. {visit.task}",
                f"{visit.travel_s // 60} min, {visit.travel_m / 1000:.1f} km",
                f"{visit.eta:%T}",
                f"{visit.finish_at:%T}",
                _promise(visit, lang),
            )
        if route.taken is not None:
            begun, over = route.taken.start_at, route.taken.end_at
            table.add_row("", say("plan.break", lang), "", f"{begun:%T}", f"{over:%T}", "")
    screen.print(table)
    if made.unassigned:
        left = Table(title=say("plan.unassigned", lang))
        left.add_column(say("plan.task", lang))
        left.add_column(say("plan.why_left", lang))
        for each in made.unassigned:
            left.add_row(each.task, _sentence(each, lang))
        screen.print(left)
    screen.print(say("plan.cost", lang, terms=terms_told(made.cost, lang), total=made.cost.total))
    stop = say(f"plan.stop.{made.stop_cause.value}", lang)
    numbers = made.model_dump(include={"solver", "solutions", "wall_s"})
    screen.print(say("plan.made", lang, stop=stop, digest=made.digest()[:12], **numbers))


def _promise(visit: Visit, lang: str) -> str:
    if visit.slack_s is None:
        return say("plan.no_promise", lang)
    if visit.late_s > 0:
        return say("plan.late", lang, minutes=-(-visit.late_s // 60))
    return say("plan.early", lang, minutes=visit.slack_s // 60)


def _sentence(reason: Reason, lang: str) -> str:
    return say(f"plan.reason.{reason.code.value}", lang, **reason.params)


def show_violations(found: tuple[Violation, ...], lang: str) -> None:
    """Print what is wrong with a plan, or that nothing is."""
    screen = Console(soft_wrap=True)
    if not found:
        screen.print(say("plan.clean", lang))
        return
    table = Table()
    for name in ("crew", "task", "what", "kept"):
        table.add_column(say(f"plan.{name}", lang))
    for each in found:
        what = say(f"plan.fault.{each.fault.value}", lang)
        numbers = ", ".join(f"{name} {value}" for name, value in sorted(each.params.items()))
        told = f"{what} ({numbers})" if numbers else what
        table.add_row(each.crew or "", each.task or "", told, "x" if each.kept else "")
    screen.print(table)
