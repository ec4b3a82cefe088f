"""`relight replay running`: try what runs now under this code, before it takes over."""

import json

import typer
from temporalio.client import Client

from activities import replay as again
from activities.replay import Divergence
from domain.words import say
from relight.settings import Settings, SettingsRefused
from workflows import lines


async def replay_running(settings: Settings, *, as_json: bool) -> int:
    """Replay every running workflow and print where this code could not follow; the exit code."""
    address, language = settings.temporal_address, settings.language
    if address is None:
        raise SettingsRefused(say("doctor.no_temporal_address", language))
    try:
        client = await lines.connect(address, settings.temporal_namespace)
    except RuntimeError:
        typer.echo(say("recover.unreachable", language, address=address), err=True)
        return 2
    runs, found = await divergences(client)
    if as_json:
        where = [{"where": each.where, "what": each.what} for each in found]
        typer.echo(json.dumps({"runs": runs, "divergences": where}, ensure_ascii=False))
    else:
        for each in found:
            typer.echo(f"{each.where}: {each.what}")
        typer.echo(say("replay.running", language, runs=runs, divergences=len(found)))
    return 1 if found else 0


async def divergences(client: Client) -> tuple[int, list[Divergence]]:
    """Return how many workflows run, and where the present code cannot follow what they did."""
    runs, found = 0, []
    async for each in client.list_workflows(lines.RUNNING):
        history = await client.get_workflow_handle(each.id, run_id=each.run_id).fetch_history()
        _, diverging = await again.replay([history], each.workflow_type)
        found += diverging
        runs += 1
    return runs, found
