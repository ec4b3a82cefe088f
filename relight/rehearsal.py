"""A rehearsal installation of one's own: all servers and processes in a temporary directory."""

import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from domain.clock import HouseClock
from relight.finish import before_finish
from relight.migrate import prepare
from relight.servers.ports import KeptPorts
from relight.settings import Settings, load_settings
from relight.stack import PROCESSES, Stack
from relight.supervise import Watch
from store.kill_points import ARMED


@contextmanager
def rehearsal(
    *,
    house_epoch: datetime,
    rate: float,
    watched: bool = True,
    kill_at: str | None = None,
    processes: Sequence[str] = PROCESSES,
    furnish: Callable[[Settings], object] | None = None,
    keep: Callable[[], bool] = lambda: False,
) -> Iterator[Stack]:
    """Start a rehearsal with the demo district, and end and remove it afterwards.

    `watched` starts again what falls; without it the caller does. `kill_at` names kill points.
    `furnish` adds to the demo district before the first of the `processes` starts.
    `keep` is asked at the end whether data and logs stay.
    """
    home, settings = _a_home(house_epoch, rate)
    stack = Stack(settings, commands=_commands(kill_at))
    before_finish(stack.close)
    watch = Watch(stack, lambda _sentence, _part: None)
    try:
        complete = stack.start_servers()
        _prepare(complete)
        if furnish is not None:
            furnish(complete)
        for name in processes:
            stack.start(name)
        for name in processes:
            stack.wait_ready(name)
        if watched:
            threading.Thread(target=watch.run, name="watch", daemon=True).start()
        yield stack
    finally:
        watch.stopping.set()
        stack.close()
        if not keep():
            shutil.rmtree(home, ignore_errors=True)


def _a_home(house_epoch: datetime, rate: float) -> tuple[Path, Settings]:
    """Make a directory for a rehearsal, and the settings that keep it to itself."""
    home = Path(tempfile.mkdtemp(prefix="relight-drill-"))
    home.chmod(0o711)
    settings = load_settings(
        running=False,
        state_dir=home,
        database_url=None,
        temporal_address=None,
        # Not the usual port: a rehearsal must not stand in the way of an installation.
        api_port=KeptPorts(home / "ports.json").port("api"),
        relay_poke_port=None,
        token_key_file=None,
        public_url=None,
        oidc_issuer=None,
        oidc_audience=None,
        house_epoch=house_epoch,
        house_rate=rate,
    )
    return home, settings


def _prepare(settings: Settings) -> None:
    """Migrate first, which is slow; the house clock starts after it."""
    from store.migrate import upgrade

    engine = create_engine(settings.database_url or "")
    upgrade(engine)
    engine.dispose()
    prepare(settings, demo=True)


def _commands(kill_at: str | None) -> dict[str, list[str]]:
    if kill_at is None:
        return {}
    given = shutil.which("env") or "env"
    return {
        name: [given, f"{ARMED}={kill_at}", sys.executable, "-m", "relight", name]
        for name in PROCESSES
    }


def clock_of(settings: Settings) -> HouseClock:
    """Return the house clock of an installation."""
    from store.installation import clock

    engine = create_engine(settings.database_url or "")
    try:
        with Session(engine) as session:
            return clock(session)
    finally:
        engine.dispose()
