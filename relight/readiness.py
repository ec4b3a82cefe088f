"""How a process says that it does its work now, and how others find out."""

import os
from pathlib import Path

from relight.servers.files import replace_text


def announce_ready(run_dir: Path, name: str) -> None:
    """Say that this process is ready; forgotten with its pid."""
    run_dir.mkdir(parents=True, exist_ok=True)
    replace_text(run_dir / f"{name}.ready", str(os.getpid()))


def is_ready(run_dir: Path, name: str, pid: int | None) -> bool:
    """Say whether the process with this number has announced itself."""
    try:
        return pid is not None and (run_dir / f"{name}.ready").read_text() == str(pid)
    except OSError:
        return False
