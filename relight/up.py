"""`relight up`: start everything, watch over it, and stop it cleanly."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from domain.words import say
from relight.console import Screen, Tail
from relight.finish import finish
from relight.parts import PARTS, PROCESSES
from relight.readiness import announce_ready, is_ready
from relight.servers.child import ChildFailed
from relight.servers.postgis_programs import PostgisMissing
from relight.servers.programs import ProgramMissing
from relight.settings import Settings, SettingsRefused, load_settings
from relight.supervise import AlreadyRunning, Hold, Watch, running_supervisor

if TYPE_CHECKING:
    from relight.stack import Stack

DETACHED_WITHIN_S = 300.0
BANNER = "banner.txt"


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("up")
    def up_command(
        demo: Annotated[
            bool | None,
            typer.Option("--demo/--no-demo", help="demo territory (default: private database)"),
        ] = None,
        detach: Annotated[bool, typer.Option("--detach", help="return when it serves")] = False,
        unseen: Annotated[bool, typer.Option("--unseen", hidden=True)] = False,
    ) -> None:
        """Start everything and watch over it."""
        settings = load_settings(running=False)
        finish(up_detached(settings, demo) if detach else up(settings, demo, unseen=unseen))


def up(settings: Settings, demo: bool | None = None, *, unseen: bool = False) -> int:
    """Start, watch until told to stop, and end everything; return the exit code.

    `unseen` is said when the screen is a file: what must not be kept is not printed there.
    """
    screen = Screen(PARTS)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        with Hold(settings.state_dir):
            return _hold_up(settings, demo, screen, unseen=unseen)
    except AlreadyRunning:
        screen.show(say("up.already_running", settings.language))
        screen.show(_banner_file(settings).read_text() if _banner_file(settings).exists() else "")
        return 1


def up_detached(settings: Settings, demo: bool | None) -> int:
    """Start the supervisor in the background and return when it serves."""
    screen = Screen(PARTS)
    if running_supervisor(settings.state_dir):
        return up(settings)
    log = settings.state_dir / "logs" / "up.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "relight", "up", "--unseen"]
    if demo is not None:
        command.append("--demo" if demo else "--no-demo")
    with log.open("wb") as out:
        started = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    latest = time.monotonic() + DETACHED_WITHIN_S
    while started.poll() is None and time.monotonic() < latest:
        if is_ready(settings.run_dir, "up", started.pid):
            screen.show(_banner_file(settings).read_text())
            _tell_first_password(load_settings(state_dir=settings.state_dir), screen)
            return 0
        time.sleep(0.1)
    screen.show(log.read_text(errors="replace"))
    return 1


def _hold_up(settings: Settings, demo: bool | None, screen: Screen, *, unseen: bool) -> int:
    from relight.stack import Stack  # it brings the clients of both servers, which takes a while

    stack = Stack(settings, screen=True)
    tail = Tail(screen, {name: stack.log(name) for name in PROCESSES})
    code = 0
    try:
        tail.start()
        complete = _start(stack, demo, screen)
        if not unseen:
            _tell_first_password(complete, screen)
        announce_ready(settings.run_dir, "up")
        Watch(stack, screen.say, settings.language).run()
    except KeyboardInterrupt:
        screen.say(say("up.stopping", settings.language))
    except (ChildFailed, PostgisMissing, ProgramMissing, SettingsRefused, LookupError) as fault:
        screen.say(str(fault))
        code = 1
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        stack.close()
        tail.end()
        screen.say(say("up.stopped", settings.language))
    return code


def _start(stack: "Stack", demo: bool | None, screen: Screen) -> Settings:
    """Start every part in order, print the address and how to sign in, return the settings."""
    from relight.migrate import prepare

    language = stack.settings.language
    begun = time.monotonic()
    for name in stack.end_leftovers():
        screen.say(say("up.leftover_ended", language), name)
    screen.say(say("up.starting_servers", language))
    with_demo = demo if demo is not None else stack.postgres is not None
    settings = stack.start_all(lambda complete: prepare(complete, demo=with_demo, tell=screen.say))
    if _recovery_owed(settings):
        screen.say(say("up.recovering", language))
    for name in PROCESSES:
        stack.wait_ready(name)
    banner = _banner(stack, settings, time.monotonic() - begun)
    _banner_file(settings).write_text(banner)
    screen.show(banner)
    return settings


def _tell_first_password(settings: Settings, screen: Screen) -> None:
    """Show the first person's password, once, and write it nowhere."""
    from relight.user import FIRST, first_password

    password = first_password(settings)
    if password is not None:
        screen.show(say("user.first", settings.language, name=FIRST, password=password))


def _recovery_owed(settings: Settings) -> bool:
    """Tell whether a backup was put back here whose outages are not all at work again."""
    from sqlalchemy.orm import Session

    from store import restoring
    from store.engine import connect

    engine = connect(settings.database_url or "", connections=1, name="up")
    try:
        with Session(engine) as session:
            return restoring.owed(session)
    finally:
        engine.dispose()


def _banner(stack: "Stack", settings: Settings, took_s: float) -> str:
    """Return where Relight answers, and how one signs in."""
    from api.browser_pages import is_built

    lines = [
        "",
        say("up.serving", settings.language, url=settings.api_url, took_s=f"{took_s:.1f}"),
        say("up.try_it", settings.language, url=settings.api_url),
        say("up.sign_in", settings.language),
        say("up.desks" if is_built() else "up.no_desks", settings.language, url=settings.api_url),
    ]
    if stack.temporal is not None and stack.temporal.screen_url:
        lines.append(say("up.temporal_screen", settings.language, url=stack.temporal.screen_url))
    lines += [say("up.logs", settings.language, directory=stack.log("api").parent), ""]
    return "\n".join(lines)


def _banner_file(settings: Settings) -> Path:
    return settings.run_dir / BANNER


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
