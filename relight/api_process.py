"""`relight api`: serve HTTP with uvicorn."""

import socket
from importlib import import_module
from typing import TYPE_CHECKING, Any

import structlog
import typer

from domain.policy import Policy, PolicyError
from domain.words import say
from relight.courtesy import give_way
from relight.finish import before_finish
from relight.front_door import Name, keep_door
from relight.log_lines import set_up_logging
from relight.long_process import announce
from relight.packs import packs_in, read_policy
from relight.road_engines import roads_of
from relight.settings import Settings, SettingsRefused, load_settings
from relight.telemetry import Telemetry, set_up_telemetry
from relight.token_key import all_keys
from store.engine import connect

if TYPE_CHECKING:
    from fastapi import FastAPI

    from api.sign_in.issuers import Issuers

THREADS = 24
MOST_HEAD_BYTES = 16 * 1024
INTAKE_NICE = 10
"""However many call, the processors belong first to those who dispatch."""
log = structlog.get_logger("relight.api")


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("api")
    def api_command() -> None:
        """Serve HTTP until told to stop."""
        serve(load_settings())


def serve(settings: Settings) -> None:
    """Keep the door, and serve the desk and the intake in processes of their own."""
    for module in ("api.app", "uvicorn"):
        import_module(module)  # before the processes part, so that they share it
    port = settings.api_port
    if port is None:
        raise SettingsRefused(say("token.api_port_needed", settings.language))
    set_up_logging(settings)
    keep_door(
        settings.api_host,
        port,
        lambda room, line: serve_room(settings, room, line),
        lambda: announce(settings, "api"),
    )


def serve_room(settings: Settings, room: Name, line: socket.socket) -> None:
    """Compose the application and serve whom the doorkeeper shows in."""
    import uvicorn

    from relight.visitors import Visitors

    connections = listening(settings)
    if room == "intake":
        give_way(INTAKE_NICE)
        # Whoever has reported makes room for the next one in the line.
        connections["headers"] = [("Connection", "close")]
    telemetry = set_up_telemetry(settings, "api")
    before_finish(telemetry.close)
    app = compose(settings, telemetry, room)
    config = uvicorn.Config(app, **connections)
    Visitors(config, line, app.state.office.gauges.waiting.set).run()


def listening(settings: Settings) -> dict[str, Any]:
    """Return how the server treats its connections, whatever it serves."""
    return {
        "log_config": None,
        "access_log": False,
        "server_header": False,
        # Left to itself the server would believe every process of this machine.
        "proxy_headers": settings.trusted_proxies is not None,
        "forwarded_allow_ips": settings.trusted_proxies or "",
        "h11_max_incomplete_event_size": MOST_HEAD_BYTES,
        "timeout_graceful_shutdown": 10,
    }


def compose(settings: Settings, telemetry: Telemetry, room: Name) -> "FastAPI":
    """Return the application with the parts the settings name, to be served in a room."""
    from api.app import create_app
    from api.base_map import BaseMap
    from api.office import TILES_AT_ONCE
    from api.rates import RATES
    from api.sign_in import TokenKeys
    from api.sign_in.issuer.endpoints import AT_ONCE
    from api.temporal_line import TemporalLine

    if settings.database_url is None:
        raise SettingsRefused(say("doctor.no_database_address", settings.language))
    # One more for the listener of the live feed, those who sign in, and maps: they must not wait
    # behind everybody who works, nor the other way round.
    beside = 1 + AT_ONCE + TILES_AT_ONCE
    engine = connect(settings.database_url, connections=THREADS + beside, name=room)
    temporal = TemporalLine(
        settings.temporal_address,
        settings.temporal_namespace,
        interceptors=telemetry.interceptors(),
        runtime=telemetry.runtime,
    )
    app = create_app(
        engine=telemetry.watch_engine(engine),
        temporal=temporal,
        policy=chosen_policy(settings),
        packs=other_packs(settings),
        token_key=TokenKeys(*all_keys(settings.key_file)),
        issuers=issuers(settings),
        relay_poke_port=settings.relay_poke_port,
        threads=THREADS,
        disk=data if (data := settings.state_dir / "postgres").exists() else None,
        rates=RATES,
        base_map=BaseMap(settings.map_style_url, settings.map_pmtiles),
        roads=roads_of(settings),
    )
    return telemetry.watch_app(app)


def issuers(settings: Settings) -> "Issuers":
    """Return whose tokens are believed."""
    from api.sign_in.external import External, Trust
    from api.sign_in.issuers import Issuers

    external = None
    if settings.oidc_issuer is not None and settings.oidc_audience is not None:
        claim = settings.oidc_grants_claim
        external = External(Trust(settings.oidc_issuer, settings.oidc_audience, claim))
    origin = settings.public_url or settings.api_url or ""
    return Issuers(public_url=origin, external=external)


def chosen_policy(settings: Settings) -> Policy:
    """Read the policy that is pinned when an outage opens, where a district has chosen none."""
    try:
        return read_policy(settings.policy_dir / f"{settings.policy}.toml")
    except PolicyError as error:
        raise SettingsRefused(str(error)) from error


def other_packs(settings: Settings) -> list[Policy]:
    """Read what else districts may choose; a file with a fault is left out and named in the log."""
    found = []
    for file, read in packs_in(settings.policy_dir):
        if isinstance(read, PolicyError):
            log.warning("policy refused", file=file.name, faults=len(read.faults))
        else:
            found.append(read)
    return found
