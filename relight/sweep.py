"""`relight sweep`: let go what has been kept long enough, now instead of within the hour."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from domain.words import say
from relight.settings import SettingsRefused, load_settings
from store import sweep
from store.engine import connect
from store.retention import RetentionRefused, read


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("sweep")
    def sweep_command(
        dry_run: Annotated[bool, typer.Option("--dry-run", help="count only")] = False,
    ) -> None:
        """Let go what the rules of retention say; the worker does it every hour."""
        settings = load_settings()
        if settings.database_url is None:
            raise SettingsRefused(say("doctor.no_database_address", settings.language))
        try:
            retention = read(settings.retention_file)
        except RetentionRefused as fault:
            raise SettingsRefused(str(fault)) from fault
        engine = connect(settings.database_url, connections=2, name="sweep")
        now = datetime.now(UTC)
        try:
            if dry_run:
                with Session(engine) as session:
                    swept = sweep.due(session, retention, now)
            else:
                swept = sweep.run(engine, retention, now, by="command")
        finally:
            engine.dispose()
        key = "sweep.would" if dry_run else "sweep.went"
        rules = retention.rules()
        for each in swept:
            days = rules[each.rule].days
            typer.echo(say(key, settings.language, rule=each.rule, rows=each.rows, days=days))
