"""`relight recover`: bring the workflows back from the rows, and say per outage what was done."""

import asyncio
import json
from collections import Counter
from dataclasses import asdict
from typing import Annotated

import structlog
import typer
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from temporalio.client import Client
from temporalio.service import RPCError

from activities.recovery import BAD, Deed, Recovered, Recovery
from domain.words import say
from relight.finish import finish
from relight.settings import Settings, SettingsRefused, load_settings
from store.engine import connect
from workflows import lines

LEFT_ALONE = Deed.RUNS
_AGAIN_S = 5.0


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("recover")
    def recover_command(
        as_json: Annotated[bool, typer.Option("--json", help="one JSON object per outage")] = False,
    ) -> None:
        """Bring the workflows back from the rows; harmless on a healthy installation."""
        settings = load_settings()
        if settings.database_url is None:
            raise SettingsRefused(say("doctor.no_database_address", settings.language))
        if settings.temporal_address is None:
            raise SettingsRefused(say("doctor.no_temporal_address", settings.language))
        engine = connect(settings.database_url, connections=8, name="recover")
        finish(asyncio.run(recover(engine, settings, as_json=as_json)))


async def recover(engine: Engine, settings: Settings, *, as_json: bool = False) -> int:
    """Recover and print; the exit code is 1 when something is left for a person."""
    address, language = settings.temporal_address or "", settings.language
    try:
        client = await lines.connect(address, settings.temporal_namespace)
    except RuntimeError:
        typer.echo(say("recover.unreachable", language, address=address), err=True)
        return 2
    found: Counter[Deed] = Counter()
    async for each in Recovery(engine, client).run():
        found[each.deed] += 1
        typer.echo(_document(each) if as_json else _line(each, language))
    bad = sum(found[deed] for deed in BAD)
    if not as_json:
        typer.echo(_summary(found, bad, language))
    return 1 if bad else 0


def _summary(found: "Counter[Deed]", bad: int, language: str) -> str:
    total, left = found.total(), found[LEFT_ALONE]
    if not total:
        return say("recover.nothing", language)
    counts = {"outages": total, "left": left, "bad": bad, "gone_on": total - left - bad}
    return say("recover.summary", language, **counts)


def _line(each: Recovered, language: str) -> str:
    sentence = say(f"recover.{each.deed.value}", language)
    return f"{each.outage}  {sentence}" + (f"  ({each.why})" if each.why else "")


def _document(each: Recovered) -> str:
    return json.dumps({"outage": each.outage, "deed": each.deed.value, "why": each.why})


async def recover_where_owed(client: Client, engine: Engine) -> None:
    """Bring outages back to work after a restore; tried until every one is looked after."""
    log = structlog.get_logger("relight")
    while True:
        try:
            recovery = Recovery(engine, client)
            if await recovery.owed():
                found: Counter[str] = Counter()
                async for each in recovery.run():
                    found[each.deed.value] += 1
                    log.info("recovered", **asdict(each))
                log.warning("recovery done", **found)
        except (RPCError, DBAPIError) as error:
            log.warning("recovery waits", error=str(error).splitlines()[0])
            await asyncio.sleep(_AGAIN_S)
        else:
            return
