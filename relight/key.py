"""`relight key`: make, list and revoke the keys that machines show with every request."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from domain.words import say
from relight.grants import grants_of, scopes_of
from relight.settings import SettingsRefused, load_settings
from relight.sign_in_desk import desk
from store import machines

keys = typer.Typer(name="key", help="Make, list and revoke keys of machines.")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.add_typer(keys)


@keys.command("issue")
def issue_command(
    name: Annotated[str, typer.Argument(help="what the key is for")],
    *,
    grant: Annotated[list[str], typer.Option(help="role@district, one or more")],
    scope: Annotated[list[str], typer.Option(help="such as reports:write; * is every one")],
    days: Annotated[int | None, typer.Option(min=1, help="valid for; always if none")] = None,
    act_as: Annotated[bool, typer.Option("--act-as", help="may ask for persons")] = False,
) -> None:
    """Make a key and print it, once."""
    settings = load_settings()
    held = grants_of(grant, settings.language)
    wanted = scopes_of(scope, settings.language)
    now = datetime.now(UTC)
    with desk(settings) as session:
        text = machines.issue_key(
            session,
            name=name,
            grants=held,
            scopes=wanted,
            may_act_as=act_as,
            now=now,
            expires_at=None if days is None else now + timedelta(days=days),
        )
    typer.echo(say("machine.once", settings.language), err=True)
    typer.echo(text)


@keys.command("list")
def list_command() -> None:
    """List the keys by id: what each is for, what it may, and when it was last used."""
    settings = load_settings()
    with desk(settings) as session:
        for key in machines.keys(session):
            typer.echo(line_of(key, settings.language))


@keys.command("revoke")
def revoke_command(key_id: Annotated[str, typer.Argument(help="the id, without rlk_")]) -> None:
    """End a key."""
    settings = load_settings()
    short = key_id.removeprefix(machines.KEY_PREFIX).partition("_")[0]
    with desk(settings) as session:
        if not machines.revoke_key(session, short, datetime.now(UTC)):
            raise SettingsRefused(say("machine.none", settings.language, id=short))
    typer.echo(say("machine.revoked", settings.language, id=short))


def line_of(machine: machines.Machine, language: str) -> str:
    """Return a machine on one line; of its secret nothing is known here."""
    from api.sign_in import Grant

    ends = machine.revoked_at or machine.expires_at
    return say(
        "machine.line",
        language,
        id=machine.id,
        name=machine.name,
        held=" ".join(str(Grant.model_validate(grant)) for grant in machine.grants) or "–",
        may=" ".join(machine.scopes) or "–",
        act_as="Act-As" if machine.may_act_as else "–",
        ends=None if ends is None else f"{ends:%Y-%m-%d %H:%M}Z",
        used=None if machine.last_used_at is None else f"{machine.last_used_at:%Y-%m-%d %H}h",
    )
