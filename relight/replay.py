"""`relight replay`: run histories through the present code and fold the events anew."""

import asyncio
import gzip
import json
from dataclasses import dataclass
from typing import Annotated

import typer
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from temporalio.client import WorkflowHistory

from activities import replay as again
from activities.replay import Divergence
from domain.words import say
from relight.finish import finish
from relight.replay_running import replay_running
from relight.settings import SettingsRefused, load_settings
from store import commitments, histories, photos, projection, restoring
from store.engine import connect


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("replay")
    def replay_command(
        what: Annotated[str, typer.Argument(help="outage, all or running")] = "outage",
        which: Annotated[str, typer.Argument(help="an outage's id, or all")] = "all",
        as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
    ) -> None:
        """Replay outages and say where the present code decides otherwise."""
        settings = load_settings()
        if what == "running":
            finish(asyncio.run(replay_running(settings, as_json=as_json)))
        if what not in ("outage", "all"):
            typer.echo(say("replay.unknown_kind", settings.language, kind=what), err=True)
            finish(2)
        if settings.database_url is None:
            raise SettingsRefused(say("doctor.no_database_address", settings.language))
        engine = connect(settings.database_url, connections=2, name="replay")
        wanted = None if "all" in (what, which) else which
        finish(_replay(engine, wanted, settings.language, as_json=as_json))


@dataclass(frozen=True)
class Replayed:
    """What came of replaying one outage; `lost` events were folded but not decided again."""

    divergences: tuple[Divergence, ...]
    events: int
    runs: int
    lost: int


def _replay(engine: Engine, wanted: str | None, language: str, *, as_json: bool) -> int:
    with Session(engine) as session:
        known = sorted({*histories.outages(session), *restoring.lost_closed(session)})
    outages = known if wanted is None else [wanted]
    if wanted is not None and wanted not in known:
        typer.echo(say("replay.no_history", language, outage=wanted), err=True)
        return 2
    told = [asyncio.run(replay_whole(engine, outage)) for outage in outages]
    found = [divergence for each in told for divergence in each.divergences]
    kept, broken = _check_commitments(engine, wanted)
    pictures, changed = _check_photos(engine, wanted)
    found += broken + changed
    counts = {
        "outages": len(outages),
        "runs": sum(each.runs for each in told),
        "events": sum(each.events for each in told),
    }
    lost = sum(each.lost for each in told)
    if as_json:
        where = [{"where": each.where, "what": each.what} for each in found]
        summary = {**counts, "events_lost": lost, "commitments": kept, "photos": pictures}
        summary["divergences"] = where
        typer.echo(json.dumps(summary, ensure_ascii=False))
        return 1 if found else 0
    for divergence in found:
        typer.echo(f"{divergence.where}: {divergence.what}")
    if lost:
        typer.echo(say("replay.lost", language, events=lost))
    typer.echo(say("replay.commitments", language, **kept))
    typer.echo(say("replay.photos", language, **pictures))
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


def _check_photos(engine: Engine, wanted: str | None) -> tuple[dict[str, int], list[Divergence]]:
    """Check the pictures of crews against the digests of the day; count, and name the broken."""
    told = dict.fromkeys(("holds", "gone", "broken"), 0)
    broken = []
    with Session(engine) as session:
        for photo, state in photos.check(session, wanted):
            told[state] += 1
            if state == "broken":
                broken.append(Divergence(f"photo {photo}", "is not the picture that came in"))
    return told, broken


async def replay_outage(engine: Engine, outage: str) -> tuple[list[Divergence], int, int]:
    """Replay one outage's runs; returns divergences, its number of events and of runs."""
    told = await replay_whole(engine, outage)
    return list(told.divergences), told.events, told.runs


async def replay_whole(engine: Engine, outage: str) -> Replayed:
    """Replay one outage's runs, and fold what was decided in runs that a restore has lost."""
    with Session(engine) as session:
        rows = histories.of_outage(session, outage)
        stored = projection.events_of(session, outage)
        digest = projection.digest_of_state(session, outage)
        lost = restoring.lost_before(session, outage)
    recorded = [
        WorkflowHistory.from_json(row.workflow_id, gzip.decompress(row.body).decode())
        for row in rows
    ]
    lost = max(lost, again.begun_after(recorded))
    redecided, found = await again.replay(recorded, outage)
    found += again.compare_events(stored, redecided, outage, lost=lost)
    states = again.refold(outage, stored)
    found += again.compare_answers(recorded, states, outage)
    found += again.compare_state(digest, states, outage)
    undecided = sum(event.seq not in redecided for event in stored if event.seq <= lost)
    return Replayed(tuple(found), len(stored), len(recorded), undecided)
