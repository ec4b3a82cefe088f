"""`relight migrate`: bring database and Temporal namespace to what this code needs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from domain.clock import HouseClock
from domain.words import say
from relight.servers.namespace import NamespaceState, ask, prepare_namespace
from relight.settings import Settings, SettingsRefused, load_settings

DEMO_SHIFTS_AHEAD = timedelta(days=14)


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("migrate")
    def migrate_command(
        demo: Annotated[bool, typer.Option("--demo", help="also load the demo territory")] = False,
    ) -> None:
        """Bring the database and the Temporal namespace up to date."""
        settings = load_settings()
        prepare(settings, demo=demo)
        typer.echo(say("up.migrated", settings.language))


def prepare(
    settings: Settings, *, demo: bool, tell: Callable[[str], object] | None = None
) -> NamespaceState | None:
    """Migrate the database, load the demo where wanted, and make the namespace ready.

    With `tell` a new installation gets the territory of its settings, and is told how it goes;
    without it the small demo.
    """
    if settings.database_url is None:
        raise SettingsRefused(say("doctor.no_database_address", settings.language))
    engine = create_engine(settings.database_url)
    try:
        prepare_database(engine, settings, demo=demo, tell=tell)
    finally:
        engine.dispose()
    if settings.temporal_address is None:
        return None
    return ask(prepare_namespace(settings.temporal_address, settings.temporal_namespace))


def prepare_database(
    engine: Engine, settings: Settings, *, demo: bool, tell: Callable[[str], object] | None = None
) -> None:
    """Migrate, set the house clock of a rehearsal, and load the demo territory where wanted."""
    from relight.ground import settle_invented
    from store.demo import load_demo
    from store.migrate import upgrade
    from store.roster import ensure_shifts

    upgrade(engine)
    with Session(engine) as session, session.begin():
        now = house_clock(session, settings).house(datetime.now(UTC))
    if demo:
        if tell is not None and settings.territory == "generated":
            settle_invented(engine, settings, now, tell)
        else:
            load_demo(engine, now)
        with Session(engine) as session, session.begin():
            ensure_shifts(session, now - timedelta(days=1), now + DEMO_SHIFTS_AHEAD)


def house_clock(session: Session, settings: Settings) -> HouseClock:
    """Return the house clock, set at the first start of a rehearsal and never moved after."""
    from store.installation import clock, set_clock

    kept = clock(session)
    if settings.house_epoch is None:
        return kept
    if kept == HouseClock():
        wanted = HouseClock(
            real_epoch=datetime.now(UTC),
            house_epoch=settings.house_epoch,
            rate=settings.house_rate,
        )
        set_clock(session, wanted)
        return wanted
    if (kept.rate, kept.house_epoch) != (settings.house_rate, settings.house_epoch):
        raise SettingsRefused(
            say(
                "up.clock_set_already",
                settings.language,
                rate=f"{kept.rate:g}",
                house_epoch=kept.house_epoch.isoformat(),
            )
        )
    return kept
