"""`relight replay`: run archived histories through the present code and fold the events anew."""

import asyncio
import gzip
import json
from typing import Annotated

import typer
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from temporalio.client import WorkflowHistory

from activities import replay as again
from activities.replay import Divergence
from domain.words import say
from relight.finish import finish
from relight.settings import SettingsRefused, load_settings
from store import commitments, histories, projection
from store.engine import connect


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("replay")
    def replay_command(
        what: Annotated[str, typer.Argument(help="outage")] = "outage",
        which: Annotated[str, typer.Argument(help="an outage's id, or all")] = "all",
        as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
    ) -> None:
        """Replay outages and say where the present code decides otherwise."""
        settings = load_settings()
        if what not in ("outage", "all"):
            typer.echo(say("replay.unknown_kind", settings.language, kind=what), err=True)
            finish(2)
        if settings.database_url is None:
            raise SettingsRefused(say("doctor.no_database_address", settings.language))
        engine = connect(settings.database_url, connections=2, name="replay")
        wanted = None if "all" in (what, which) else which
        finish(_replay(engine, wanted, settings.language, as_json=as_json))


def _replay(engine: Engine, wanted: str | None, language: str, *, as_json: bool) -> int:
    with Session(engine) as session:
        outages = [wanted] if wanted is not None else histories.outages(session)
    if wanted is not None and not _archived(engine, wanted):
        typer.echo(say("replay.no_history", language, outage=wanted), err=True)
        return 2
    found: list[Divergence] = []
    events = runs = 0
    for outage in outages:
        diverged, counted, ran = asyncio.run(replay_outage(engine, outage))
        found.extend(diverged)
        events, runs = events + counted, runs + ran
    told, broken = _check_commitments(engine, wanted)
    found.extend(broken)
    counts: dict[str, int] = {"outages": len(outages), "runs": runs, "events": events}
    if as_json:
        divergences = [{"where": each.where, "what": each.what} for each in found]
        summary = {**counts, "commitments": told, "divergences": divergences}
        typer.echo(json.dumps(summary, ensure_ascii=False))
    else:
        for divergence in found:
            typer.echo(f"{divergence.where}: {divergence.what}")
        typer.echo(say("replay.commitments", language, **told))
        typer.echo(say("replay.summary", language, **counts, divergences=len(found)))
    return 1 if found else 0


def _check_commitments(
    engine: Engine, wanted: str | None
) -> tuple[dict[str, int], list[Divergence]]:
    """Check what reporters said against the commitments of the day; count, and name the broken."""
    told = dict.fromkeys(("holds", "forgotten", "none", "broken"), 0)
    broken = []
    with Session(engine) as session:
        for each in commitments.check(session, wanted):
            told[each.state] += 1
            if each.state == "broken":
                where = f"report {each.report_id}"
                broken.append(Divergence(where, "is not what was committed to when it was taken"))
    return told, broken


def _archived(engine: Engine, outage: str) -> bool:
    with Session(engine) as session:
        return bool(histories.of_outage(session, outage))


async def replay_outage(engine: Engine, outage: str) -> tuple[list[Divergence], int, int]:
    """Replay one outage's runs; returns divergences, its number of events and of runs."""
    with Session(engine) as session:
        rows = histories.of_outage(session, outage)
        stored = projection.events_of(session, outage)
    recorded = [
        WorkflowHistory.from_json(row.workflow_id, gzip.decompress(row.body).decode())
        for row in rows
    ]
    redecided, found = await again.replay(recorded, outage)
    found += again.compare_events(stored, redecided, outage)
    states = again.refold(outage, stored)
    found += again.compare_answers(recorded, states, outage)
    return found, len(stored), len(recorded)
