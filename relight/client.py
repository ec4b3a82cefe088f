"""`relight client`: the programs that sign in at the local issuer."""

import re
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy.exc import IntegrityError

from domain.words import say
from relight.grants import grants_of, scopes_of
from relight.key import line_of
from relight.settings import SettingsRefused, load_settings
from relight.sign_in_desk import desk
from store import machines

ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,38}")
TAKEN = frozenset({"relight"})
"""Names that a token means something else by."""
Id = Annotated[str, typer.Argument(help="the client id")]

clients = typer.Typer(name="client", help="Programs that sign in at the local issuer.")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.add_typer(clients)


@clients.command("add")
def add_command(
    client_id: Id,
    *,
    name: Annotated[str, typer.Option(help="the name shown on the sign-in page")] = "",
    grant: Annotated[list[str] | None, typer.Option(help="role@district, for a machine")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="such as reports:write; * is all")] = None,
    redirect: Annotated[
        list[str] | None, typer.Option(help="where codes go, for a console without a secret")
    ] = None,
    act_as: Annotated[bool, typer.Option("--act-as", help="may ask for persons")] = False,
) -> None:
    """Register a machine, and print its secret once, or a console, which has none."""
    settings = load_settings()
    language = settings.language
    if not ID.fullmatch(client_id) or client_id in TAKEN:
        raise SettingsRefused(say("user.bad_name", language))
    if bool(redirect) == bool(grant and scope) or not all(map(_guarded, redirect or ())):
        raise SettingsRefused(say("machine.either", language))
    try:
        with desk(settings) as session:
            secret = machines.add_client(
                session,
                client_id,
                name=name or client_id,
                grants=grants_of(grant or [], language),
                scopes=scopes_of(scope or [], language),
                may_act_as=act_as,
                redirect_uris=redirect or [],
                now=datetime.now(UTC),
            )
    except IntegrityError as fault:
        raise SettingsRefused(say("machine.exists", language, id=client_id)) from fault
    if secret is not None:
        typer.echo(say("machine.once", language), err=True)
        typer.echo(secret)


@clients.command("list")
def list_command() -> None:
    """List the programs: what each may, and since when no more."""
    settings = load_settings()
    with desk(settings) as session:
        for client in machines.clients(session):
            typer.echo(line_of(client, settings.language))


@clients.command("revoke")
def revoke_command(client_id: Id) -> None:
    """End a program's sign-in."""
    settings = load_settings()
    with desk(settings) as session:
        if not machines.revoke_client(session, client_id, datetime.now(UTC)):
            raise SettingsRefused(say("machine.none", settings.language, id=client_id))
    typer.echo(say("machine.revoked", settings.language, id=client_id))


def _guarded(address: str) -> bool:
    """Tell whether codes may be sent there: a path of ours, https, or this machine."""
    own = re.match(r"/[^/\\]", address)
    return bool(own or re.match(r"https://[^/]+/|http://(127\.0\.0\.1|localhost)(:\d+)?/", address))
