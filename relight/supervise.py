"""Watching over a stack: what falls is started again, more slowly each time it falls."""

import fcntl
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from domain.words import say
from relight.parts import PARTS
from relight.servers.child import ChildFailed, end_by_number
from relight.servers.files import replace_text
from relight.servers.identity import birth, runs

if TYPE_CHECKING:
    from relight.stack import Stack

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
CALM_AFTER_S = 60.0
LOOK_EVERY_S = 0.25
STOP_WITHIN_S = 90.0

Tell = Callable[[str, str], object]


class AlreadyRunning(Exception):  # noqa: N818 - read as a sentence
    """Another supervisor holds this directory."""


class Hold:
    """One supervisor per directory: a lock that the system lets go when its holder dies."""

    def __init__(self, state_dir: Path) -> None:
        self.lock_file = state_dir / "lock"
        self.pid_file = state_dir / "run" / "up.pid"
        self._descriptor = -1

    def __enter__(self) -> Self:
        self.pid_file.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self.lock_file, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise AlreadyRunning from None
        replace_text(self.pid_file, f"{os.getpid()} {birth(os.getpid())}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.pid_file.unlink(missing_ok=True)
        os.close(self._descriptor)


def running_supervisor(state_dir: Path) -> tuple[int, str] | None:
    """Return number and birth of the supervisor of this directory, if one runs."""
    try:
        number, mark = (state_dir / "run" / "up.pid").read_text().split()
    except (OSError, ValueError):
        return None
    return (int(number), mark) if runs(int(number), mark) else None


def end_supervisor(state_dir: Path) -> bool:
    """Ask the supervisor of this directory to stop and wait for it; False when none runs."""
    found = running_supervisor(state_dir)
    if found is None:
        return False
    end_by_number(found[0], found[1], signal.SIGTERM, STOP_WITHIN_S)
    return True


@dataclass
class Falls:
    """How often a part fell of late, and when it may be started again."""

    count: int = 0
    started_at: float = 0.0
    due_at: float | None = None

    def pause(self, now: float) -> float:
        """Note a fall and return the seconds to wait before the next start."""
        if now - self.started_at > CALM_AFTER_S:
            self.count = 0
        self.count += 1
        pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (self.count - 1))
        self.due_at = now + pause
        return pause


class Watch:
    """Starts again what fell, until it is told to stop."""

    def __init__(self, stack: "Stack", tell: Tell, language: str = "en") -> None:
        self.stack = stack
        self.tell = tell
        self.language = language
        self.stopping = threading.Event()
        self._falls = {name: Falls(started_at=time.monotonic()) for name in PARTS}

    def run(self) -> None:
        """Look at every part a few times a second."""
        while not self.stopping.wait(LOOK_EVERY_S):
            for name in PARTS:
                self.look(name, time.monotonic())

    def look(self, name: str, now: float) -> None:
        """Note that a part fell, or start it again when its pause is over."""
        falls = self._falls[name]
        if self.stack.alive(name):
            return
        if falls.due_at is None:
            how = self.stack.exit_code(name)
            pause = falls.pause(now)
            self._say(name, "up.fell", name=name, how=how, pause_s=f"{pause:g}")
        elif now >= falls.due_at:
            falls.due_at, falls.started_at = None, now
            try:
                self.stack.start(name)
            except (ChildFailed, OSError) as fault:
                self.tell(str(fault), name)
            else:
                self._say(name, "up.again", name=name, pid=self.stack.pid(name))

    def _say(self, part: str, key: str, **params: object) -> None:
        self.tell(say(key, self.language, **params), part)
