"""`relight user`: the people who sign in at the local issuer."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from domain.words import say
from relight.grants import grants_of
from relight.settings import Settings, SettingsRefused, load_settings
from relight.sign_in_desk import desk
from store import people

FIRST = "admin"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,38}")
"""Without a slash: names with one are those of machines and of other issuers' people."""
Name = Annotated[str, typer.Argument(help="what the person signs in with")]
Grants = Annotated[list[str], typer.Option("--grant", help="role@district, one or more")]
Ask = Annotated[bool, typer.Option("--ask", help="ask for the password instead of inventing it")]

users = typer.Typer(name="user", help="People who sign in at the local issuer.")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.add_typer(users)


@users.command("add")
def add_command(
    name: Name,
    *,
    grant: Grants,
    full_name: Annotated[str, typer.Option(help="the name shown to others")] = "",
    ask: Ask = False,
) -> None:
    """Add a person, or bring a disabled one back; prints an invented password once."""
    settings = load_settings()
    if not NAME.fullmatch(name):
        raise SettingsRefused(say("user.bad_name", settings.language))
    held = grants_of(grant, settings.language)
    password, kept = _password(settings, name, ask=ask)
    now = datetime.now(UTC)
    with desk(settings) as session:
        if not people.add(session, name, name=full_name, password=kept, grants=held, now=now):
            raise SettingsRefused(say("user.exists", settings.language, name=name))
    _tell(settings, password)


@users.command("password")
def password_command(name: Name, *, ask: Ask = False) -> None:
    """Give a person another password, and end what the old one opened."""
    settings = load_settings()
    password, kept = _password(settings, name, ask=ask)
    with desk(settings) as session:
        done = people.set_password(session, name, kept, datetime.now(UTC))
        _need(settings, done, name)
    _tell(settings, password)


@users.command("grant")
def grant_command(name: Name, *, grant: Grants) -> None:
    """Say anew everything a person holds; known within a quarter of an hour."""
    settings = load_settings()
    held = grants_of(grant, settings.language)
    with desk(settings) as session:
        _need(settings, people.set_grants(session, name, held), name)
    typer.echo(say("user.granted", settings.language, name=name))


@users.command("disable")
def disable_command(name: Name) -> None:
    """Let a person sign in no more, and forget name and password."""
    settings = load_settings()
    with desk(settings) as session:
        _need(settings, people.disable(session, name, datetime.now(UTC)), name)
    typer.echo(say("user.disabled", settings.language, name=name))


@users.command("list")
def list_command() -> None:
    """List everybody who may sign in, and what they hold."""
    from api.sign_in import Grant

    settings = load_settings()
    with desk(settings) as session:
        for known in people.listed(session):
            held = " ".join(str(Grant.model_validate(grant)) for grant in known.grants)
            ended = known.disabled_at and f"{known.disabled_at:%Y-%m-%d}"
            typer.echo(
                say(
                    "user.line",
                    settings.language,
                    name=known.subject,
                    full_name=known.name or None,
                    held=held,
                    ended=ended,
                )
            )


def first_password(settings: Settings) -> str | None:
    """Add the first person where there is none yet; returns the password, which is kept nowhere."""
    from api.sign_in.issuer import passwords

    password = passwords.invent()
    held: list[dict[str, Any]] = grants_of(["admin@*"], settings.language)
    with desk(settings) as session:
        made = people.add_first(
            session, FIRST, password=passwords.keep(password), grants=held, now=datetime.now(UTC)
        )
    return password if made else None


def _password(settings: Settings, name: str, *, ask: bool) -> tuple[str | None, str]:
    """Return an invented password, or None where it was typed in, and what is kept of it."""
    from api.sign_in.issuer import passwords

    if not ask:
        invented = passwords.invent()
        return invented, passwords.keep(invented)
    question = say("user.password", settings.language)
    typed = typer.prompt(question, hide_input=True, confirmation_prompt=True)
    if not passwords.good_enough(typed, name):
        shortest = passwords.SHORTEST
        raise SettingsRefused(say("user.poor_password", settings.language, shortest=shortest))
    return None, passwords.keep(typed)


def _tell(settings: Settings, password: str | None) -> None:
    if password is not None:
        typer.echo(say("machine.once", settings.language), err=True)
        typer.echo(password)


def _need(settings: Settings, done: bool, name: str) -> None:
    if not done:
        raise SettingsRefused(say("user.none", settings.language, name=name))
