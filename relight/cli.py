"""The command line: a table of commands, each in a module that is imported only when it is used."""

import importlib
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import typer

from relight.finish import finish
from relight.settings import SettingsRefused


@dataclass(frozen=True)
class Command:
    """One command: the module whose `register(app)` defines it, and a line of help."""

    module: str
    line: str


COMMANDS = {
    "up": Command("relight.up", "start everything and watch over it"),
    "down": Command("relight.down", "stop what `up` started"),
    "doctor": Command("relight.doctor", "say what is wrong and how to mend it"),
    "migrate": Command("relight.migrate", "bring database and Temporal namespace up to date"),
    "api": Command("relight.api_process", "serve HTTP"),
    "worker": Command("relight.worker_process", "run workflows and activities"),
    "planner": Command("relight.planner_process", "compute plans"),
    "relay": Command("relight.relay_process", "carry stored facts to the workflows"),
    "token": Command("relight.token", "sign a token for a role"),
    "user": Command("relight.user", "add people who sign in, and say what they may"),
    "client": Command("relight.client", "register programs that sign in"),
    "key": Command("relight.key", "make, list and revoke keys of machines"),
    "drill": Command("relight.drill", "play recorded outages through the public API"),
    "sim": Command("relight.sim", "rehearse a year or a storm day without servers"),
    "backup": Command("relight.backup", "write a backup of the database"),
    "restore": Command("relight.restore", "put a backup into an empty installation"),
    "recover": Command("relight.recover", "bring the workflows back from the rows"),
    "replay": Command("relight.replay", "replay outages and say where they diverge"),
    "forget": Command("relight.forget", "forget a person; the facts stay"),
    "sweep": Command("relight.sweep", "let go what has been kept long enough"),
    "plan": Command("relight.plan", "plan a snapshot file"),
    "check": Command("relight.plan", "check a plan against its snapshot"),
    "explain": Command("relight.explain", "say why tasks go to their crews or to none"),
    "bench": Command("relight.bench.command", "measure this code on this machine"),
    "openapi": Command("relight.openapi", "print the interface's document; say what broke"),
    "territory": Command("relight.territory", "invent or import streets and a network"),
    "roads": Command("relight.roads", "say what crews drive by, and learn from their drives"),
    "network": Command("relight.network", "check, import and export a network"),
    "policy": Command("relight.policy", "check and show policy files"),
}


def build(arguments: Sequence[str]) -> typer.Typer:
    """Return the application with the wanted command in full and the others as names."""
    app = typer.Typer(
        name="relight",
        help="From the call that the power is out to the call that says the light is on.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def _root() -> None:
        """Keep subcommands even when only one is registered."""

    wanted = COMMANDS.get(next((word for word in arguments if not word.startswith("-")), ""))
    if wanted is not None:
        importlib.import_module(wanted.module).register(app)
    for name, command in COMMANDS.items():
        if wanted is None or command.module != wanted.module:
            app.command(name, help=command.line)(_named_only)
    return app


def _named_only() -> None:
    """Stand in the list of commands; never reached, because a wanted command is registered."""


def main() -> None:
    """Run the command line and end the process."""
    try:
        arguments = sys.argv[1:]
        build(arguments)(arguments)
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else 1
    except SettingsRefused as refusal:
        sys.stderr.write(f"{refusal}\n")
        code = 2
    except Exception:
        logging.getLogger("relight").exception("the command failed")
        code = 1
    finish(code)
