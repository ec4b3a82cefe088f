"""`relight down`: stop what `relight up` started."""

import typer

from domain.words import say
from relight.settings import load_settings
from relight.supervise import AlreadyRunning, Hold, end_supervisor


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("down")
    def down_command() -> None:
        """Stop what `up` started; the data stays."""
        settings = load_settings(running=False)
        if end_supervisor(settings.state_dir):
            typer.echo(say("up.stopped", settings.language))
            return
        from relight.stack import Stack

        try:
            with Hold(settings.state_dir):
                left = Stack(settings).end_leftovers()
        except AlreadyRunning:
            left = []
        key = "up.leftovers_stopped" if left else "up.nothing_runs"
        typer.echo(say(key, settings.language, parts=left))
