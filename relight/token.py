"""`relight token`: sign a token of the local issuer for one person."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from domain.kinds import Role
from domain.words import say
from relight.settings import Settings, SettingsRefused, load_settings
from relight.token_key import rotate, signing_key


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("token")
    def token_command(
        *,
        role: Annotated[
            str | None, typer.Option(help="customer, call_taker, dispatcher, crew, ...")
        ] = None,
        subject: Annotated[str | None, typer.Option(help="who; the role's name if none")] = None,
        name: Annotated[str, typer.Option(help="the name shown to others")] = "",
        district: Annotated[list[str] | None, typer.Option(help="one or more; none is all")] = None,
        crew: Annotated[str | None, typer.Option(help="the crew, for the role crew")] = None,
        hours: Annotated[float, typer.Option(min=0.01, max=8760, help="valid for")] = 12.0,
        new_key: Annotated[
            bool, typer.Option("--new-key", help="sign with a new key from now on")
        ] = False,
    ) -> None:
        """Sign a token for a role and print it, or begin a new signing key."""
        settings = load_settings()
        if new_key:
            number = rotate(settings.key_file)
            typer.echo(say("token.new_key", settings.language, number=number))
            return
        if role is None:
            raise SettingsRefused(say("token.role_needed", settings.language))
        typer.echo(
            issue(settings, role, subject, name=name, districts=district, crew=crew, hours=hours)
        )


def issue(
    settings: Settings,
    role: str,
    subject: str | None = None,
    *,
    name: str = "",
    districts: list[str] | None = None,
    crew: str | None = None,
    hours: float = 12.0,
) -> str:
    """Return a token; refuses the roles that no person has, and a crew without its id."""
    from api.sign_in import EVERYWHERE, PERSONS, Caller, sign

    if role not in {person.value for person in PERSONS}:
        possible = ", ".join(sorted(person.value for person in PERSONS))
        raise SettingsRefused(say("token.no_such_role", settings.language, possible=possible))
    if (role == Role.CREW.value) != (crew is not None):
        raise SettingsRefused(say("token.crew_belongs_to_crews", settings.language))
    caller = Caller(
        subject=subject or (f"{crew}-leader" if crew else role),
        name=name,
        role=Role(role),
        districts=tuple(districts or [EVERYWHERE]),
        crew=crew,
    )
    key = signing_key(settings.key_file)
    return sign(key, caller, now=datetime.now(UTC), valid=timedelta(hours=hours))
