"""One process that is started, watched, killed and started again by name."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from relight.servers.files import replace_text
from relight.servers.identity import birth, runs
from relight.servers.warden import warden

LONGEST_LOG_BYTES = 20_000_000


class ChildFailed(Exception):  # noqa: N818 - read as a sentence
    """A process ended or stayed silent when it should have become ready."""


@dataclass
class Child:
    """A child process with its log, its pid file and the signal that ends it cleanly.

    `owner` is the user and group to run as, where it must not be ours.
    """

    name: str
    command: Sequence[str]
    log: Path
    pid_file: Path
    directory: Path
    environment: Mapping[str, str] | None = None
    owner: tuple[int, int] | None = None
    ending: signal.Signals = signal.SIGTERM
    patience_s: float = 20.0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _asked: bool = field(default=False, repr=False)

    @property
    def pid(self) -> int | None:
        """The number of the running process."""
        return self._process.pid if self._process is not None and self.alive else None

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """How the last process ended; negative for a signal."""
        return None if self._process is None else self._process.poll()

    def start(self) -> int:
        """Start the process unless it runs, and return its pid."""
        if self._process is not None and self.alive:
            return self._process.pid
        self._forget()
        self.end_leftover()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._turn_log()
        with self.log.open("ab") as log:
            # A session of its own, so that Ctrl-C reaches the supervisor alone.
            self._process = subprocess.Popen(
                self.command,
                cwd=self.directory,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.owner and self.owner[0],
                group=self.owner and self.owner[1],
                extra_groups=self.owner and [],
            )
        self._asked = False
        pid = self._process.pid
        warden.guard(pid, self.ending)
        self.pid_file.parent.mkdir(parents=True, exist_ok=True)
        replace_text(self.pid_file, f"{pid} {birth(pid)}\n")
        return pid

    def ask_to_end(self) -> None:
        """Ask the process once to end and do not wait."""
        if self._process is not None and self.alive and not self._asked:
            self._asked = True
            self._process.send_signal(self.ending)

    def stop(self) -> None:
        """End the process cleanly; kill it when it takes too long."""
        if self._process is not None and self.alive:
            self.ask_to_end()
            try:
                self._process.wait(self.patience_s)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._forget()

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Kill the process and return when it is gone."""
        if self._process is not None and self.alive:
            self._process.send_signal(how)
            self._process.wait()
        self._forget()

    def end_leftover(self) -> bool:
        """End the process that an earlier, killed supervisor left behind; say whether one ran."""
        try:
            number, mark = self.pid_file.read_text().split()
        except (OSError, ValueError):
            return False
        pid = int(number)
        found = runs(pid, mark)
        if found:
            end_by_number(pid, mark, self.ending, self.patience_s)
        self.pid_file.unlink(missing_ok=True)
        return found

    def last_words(self, lines: int = 12) -> str:
        """Return the end of the log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def _turn_log(self) -> None:
        """Put a long log aside, so that two of them bound what a log takes."""
        with contextlib.suppress(FileNotFoundError):
            if self.log.stat().st_size > LONGEST_LOG_BYTES:
                self.log.replace(self.log.with_suffix(".log.1"))

    def _forget(self) -> None:
        if self._process is not None:
            warden.release(self._process.pid)
        self.pid_file.unlink(missing_ok=True)


def end_by_number(pid: int, mark: str, ending: signal.Signals, patience_s: float) -> None:
    """End a process that is not our child, and only that very one."""
    for how in (ending, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)
        latest = time.monotonic() + patience_s
        while time.monotonic() < latest:
            if not runs(pid, mark):
                return
            time.sleep(0.02)
