"""Several measurements, each in a process of its own, so that one that fails hides no other."""

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any, NoReturn

LONGEST_S = 1800.0
"""What takes longer than this hangs: the longest takes some minutes."""
ENDS_WITHIN_S = 120.0
Command = Callable[[str, Path], list[str]]


@dataclass(frozen=True)
class Measured:
    """How one measurement went: its rows unless it failed, and why it did."""

    name: str
    seconds: float
    found: dict[str, Any] | None
    failure: str | None = None


def command_of(name: str, kept: Path) -> list[str]:
    """Return the command that measures one thing and keeps what it found."""
    return [sys.executable, "-m", "relight", "bench", name, "--json", str(kept)]


def measured(
    names: Sequence[str], command: Command = command_of, longest_s: float = LONGEST_S
) -> Iterator[Measured]:
    """Measure one after the other and yield how each went; the processes write on our screen."""
    with TemporaryDirectory(prefix="relight-bench-") as folder, _ended_by_signals():
        for name in names:
            kept = Path(folder) / f"{name}.json"
            began = time.monotonic()
            failure = _ran(command(name, kept), longest_s)
            found = None
            if failure is None:
                found = json.loads(kept.read_text(encoding="utf-8"))
            yield Measured(name, time.monotonic() - began, found, failure)


def _ran(command: list[str], longest_s: float) -> str | None:
    """Run a command to its end and return how it failed, if it did."""
    process = subprocess.Popen(command)
    try:
        code = process.wait(longest_s)
    except subprocess.TimeoutExpired:
        _end(process)
        return f"> {longest_s:.0f} s"
    except BaseException:
        _end(process)
        raise
    return None if code == 0 else f"exit {code}"


def _end(process: subprocess.Popen[bytes]) -> None:
    """Interrupt a measurement, which then ends its servers; kill it when it does not."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """End the measurement that runs when we are asked to end."""

    def interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
