"""Which process a number stands for: numbers are used again, births are not."""

import subprocess
from pathlib import Path


def birth(pid: int) -> str | None:
    """Return a mark of this very process, or None when it does not run (any more)."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else fields[19]
    told = subprocess.run(
        ["ps", "-o", "state=,lstart=", "-p", str(pid)],  # noqa: S607 - ps stands on every PATH
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return None if not told or told.startswith("Z") else "-".join(told.split()[1:])


def runs(pid: int, mark: str) -> bool:
    """Say whether the process born with this mark still runs."""
    return birth(pid) == mark


def command_line(pid: int) -> str:
    """Return the words a process was started with, or nothing."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        pass
    told = subprocess.run(
        ["ps", "-o", "args=", "-p", str(pid)],  # noqa: S607 - ps stands on every PATH
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip()
