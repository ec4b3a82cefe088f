"""Ends the children of a process that was killed before it could end them itself.

A small process of its own reads lines from its parent. When the pipe closes and wards are left,
the parent is dead: the wards are asked to end, then killed.
"""

import os
import signal
import sys
import threading
import time
from pathlib import Path

from relight.servers.identity import birth, runs

PATIENCE_S = 8.0


class Warden:
    """The parent's end of the pipe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pipe: int | None = None
        self._owner = 0
        self._wards: dict[int, str] = {}

    def guard(self, pid: int, ending: signal.Signals) -> None:
        """Have the process ended with `ending` should this one die."""
        mark = birth(pid)
        if mark is not None:
            self._tell(pid, f"guard {pid} {mark} {ending.value}\n")

    def release(self, pid: int) -> None:
        """Forget a process that ended."""
        self._tell(pid, None)

    def _tell(self, pid: int, line: str | None) -> None:
        with self._lock:
            if line is None:
                if self._wards.pop(pid, None) is None:
                    return
            else:
                self._wards[pid] = line
            if self._pipe is None or self._owner != os.getpid():
                self._begin()
                return
            try:
                os.write(self._pipe, (line or f"release {pid} 0 0\n").encode())
            except BrokenPipeError:
                self._begin()

    def _begin(self) -> None:
        """Start the warden's process, or another one where somebody ended it."""
        reading, writing = os.pipe()
        quiet = os.open(os.devnull, os.O_WRONLY)
        environment = dict(os.environ) | {"PYTHONPATH": str(Path(__file__).parents[2])}
        os.posix_spawn(
            sys.executable,
            [sys.executable, "-S", "-m", "relight.servers.warden"],
            environment,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, reading, 0),
                (os.POSIX_SPAWN_DUP2, quiet, 1),
                (os.POSIX_SPAWN_DUP2, quiet, 2),
            ],
            setsid=True,
        )
        os.close(reading)
        os.close(quiet)
        if self._pipe is not None and self._owner == os.getpid():
            os.close(self._pipe)
        self._pipe, self._owner = writing, os.getpid()
        os.write(writing, "".join(self._wards.values()).encode())


warden = Warden()


def main() -> None:
    """Keep the list of wards until the parent is gone, then end what is left."""
    wards: dict[int, tuple[str, int]] = {}
    for line in sys.stdin:
        word, pid, mark, ending = line.split()
        if word == "guard":
            wards[int(pid)] = (mark, int(ending))
        else:
            wards.pop(int(pid), None)
    end_all(wards)


def end_all(wards: dict[int, tuple[str, int]]) -> None:
    """Ask every ward to end, the last one started first, and kill what does not."""
    for pid, (mark, ending) in reversed(wards.items()):
        if runs(pid, mark):
            os.kill(pid, ending)
    latest = time.monotonic() + PATIENCE_S
    while any(runs(pid, mark) for pid, (mark, _) in wards.items()):
        if time.monotonic() > latest:
            for pid, (mark, _) in wards.items():
                if runs(pid, mark):
                    os.kill(pid, signal.SIGKILL)
            return
        time.sleep(0.05)


if __name__ == "__main__":
    main()
