"""`relight forget`: forget a person; the facts stay, and that it was done is noted."""

import getpass
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from domain.errors import Refused
from domain.words import say
from relight.finish import finish
from relight.settings import Settings, SettingsRefused, load_settings
from relight.tombstones import TombstonesRefused, append, line_of, list_of, read
from store import erasures, forgetting, installation, people
from store.engine import connect
from store.forgetting import Found

REASON = re.compile(r"[a-z][a-z0-9_]{0,59}")
FROM_STDIN = "-"


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("forget")
    def forget_command(
        *,
        phone: Annotated[str | None, typer.Option(help="a number; - asks for it")] = None,
        report: Annotated[str | None, typer.Option(help="a report's id or number")] = None,
        subject: Annotated[str | None, typer.Option(help="a customer's account")] = None,
        why: Annotated[str, typer.Option(help="a short code")] = "asked",
        by: Annotated[str | None, typer.Option(help="who does it; you, if none")] = None,
        even_if_open: Annotated[
            bool, typer.Option("--even-if-open", help="call off the callback still owed")
        ] = False,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="show what would go")] = False,
        yes: Annotated[bool, typer.Option("--yes", help="do not ask again")] = False,
        again: Annotated[
            Path | None, typer.Option(help="forget again, after a restore, whom this file lists")
        ] = None,
        listed: Annotated[bool, typer.Option("--list", help="print that list")] = False,
    ) -> None:
        """Forget a person by telephone number, report or account."""
        desk = _Desk(load_settings(), by or _account(), why)
        whom = {"phone": phone, "report": report, "subject": subject}
        given = {name: value for name, value in whom.items() if value is not None}
        with desk:
            if len(given) + (again is not None) + listed != 1:
                desk.stop(2, "one_of")
            if again is not None:
                desk.again(again)
            elif listed:
                desk.list()
            else:
                desk.forget(given, even_if_open=even_if_open, dry_run=dry_run, yes=yes)
        finish(0)


def _account() -> str:
    """Return who works here; nobody where the account has no name, as in a container."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


class _Desk:
    """Whoever forgets, at a terminal."""

    def __init__(self, settings: Settings, by: str, why: str) -> None:
        self.settings, self.by, self.why = settings, by, why
        if not by:
            self.stop(2, "by_whom")
        if settings.database_url is None:
            raise SettingsRefused(say("doctor.no_database_address", settings.language))
        if not REASON.fullmatch(why):
            self.stop(2, "why_code")
        self.engine: Engine = connect(settings.database_url, connections=2, name="forget")

    def __enter__(self) -> None:
        """Sit down."""

    def __exit__(self, *_: object) -> None:
        """Leave the database."""
        self.engine.dispose()

    def say(self, key: str, *, err: bool = False, **params: object) -> None:
        typer.echo(say(f"forget.{key}", self.settings.language, **params), err=err)

    def stop(self, code: int, key: str, **params: object) -> NoReturn:
        """Say why nothing was done, and end."""
        self.say(key, err=True, **params)
        finish(code)

    def refuse(self, refusal: Refused) -> NoReturn:
        """Say what stands against it, and end."""
        text = say(f"refused.{refusal.code}", self.settings.language, **refusal.params)
        typer.echo(text, err=True)
        finish(1)

    def forget(
        self, whom: Mapping[str, str], *, even_if_open: bool, dry_run: bool, yes: bool
    ) -> None:
        """Show what would go, ask, and let it go."""
        found = [each for each in self._find(whom) if not each.forgotten]
        if not found and not self._has_account(whom.get("subject")):
            self.stop(1, "nobody")
        reports = [each.report_id for each in found]
        self._show(found, reports)
        if dry_run:
            return
        if not yes and not typer.confirm(say("forget.sure", self.settings.language)):
            self.stop(1, "left")
        now = datetime.now(UTC)
        try:
            with Session(self.engine) as session, session.begin():
                done = forgetting.forget(
                    session,
                    reports,
                    at=installation.clock(session).house(now),
                    real_now=now,
                    by=self.by,
                    why=self.why,
                    even_if_open=even_if_open,
                    account=whom.get("subject"),
                )
        except Refused as refusal:
            self.refuse(refusal)
        what = self._told(done.counts)
        self.say("done", erasure=done.erasure_id, what=what, withdrawn=done.withdrawn)
        self._keep(reports)

    def _find(self, whom: Mapping[str, str]) -> list[Found]:
        finds = {
            "phone": forgetting.by_phone,
            "report": forgetting.by_report,
            "subject": forgetting.by_subject,
        }
        ((name, value),) = whom.items()
        # Typed in, the number stays out of the shell's history and the list of processes.
        wanted = typer.prompt(name) if value == FROM_STDIN else value
        try:
            with Session(self.engine) as session:
                return finds[name](session, wanted)
        except Refused as refusal:
            self.refuse(refusal)

    def _has_account(self, subject: str | None) -> bool:
        if subject is None:
            return False
        with Session(self.engine) as session:
            known = people.one(session, subject)
        return known is not None and known.disabled_at is None

    def _show(self, found: Sequence[Found], reports: Sequence[str]) -> None:
        self.say("found", count=len(found), numbers=[each.number for each in found])
        with Session(self.engine) as session:
            counts = erasures.count_persons(session, reports)
        self.say("would", what=self._told(counts))
        self.say("register")

    def _told(self, counts: Mapping[str, int]) -> str:
        lang = self.settings.language
        kinds = {kind: say(f"erased.{kind}", lang) for kind in counts}
        rows = [f"{number} {kinds[kind]}" for kind, number in counts.items()]
        return ("、" if lang == "zh" else ", ").join(rows)

    def _keep(self, reports: Sequence[str]) -> None:
        """Add what was done to the list that outlives the database."""
        file = list_of(self.settings)
        with Session(self.engine) as session:
            stones = [each for each in forgetting.tombstones(session) if each.report_id in reports]
        try:
            append(file, stones)
        except OSError as fault:
            self.say("not_kept", err=True, file=file, fault=fault)
        else:
            self.say("kept", file=file)

    def list(self) -> None:
        """Print the whole list."""
        with Session(self.engine) as session:
            for stone in forgetting.tombstones(session):
                typer.echo(line_of(stone))

    def again(self, file: Path) -> None:
        """Forget again whom the file and the database list."""
        try:
            kept = read(file)
        except TombstonesRefused as fault:
            self.stop(2, "unreadable", file=file, line=fault.line)
        now = datetime.now(UTC)
        with Session(self.engine) as session, session.begin():
            at: Any = installation.clock(session).house(now)
            done = forgetting.reapply(session, kept, at=at, real_now=now, by=self.by)
        if done is None:
            self.say("nothing_again")
        else:
            self.say("again", erasure=done.erasure_id, what=self._told(done.counts))
