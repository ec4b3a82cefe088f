"""Giving way: a process that lets all others have the processors first."""

import os
from contextlib import suppress
from pathlib import Path


def give_way(nice: int) -> None:
    """Take what is left of the processors, in a session of one's own.

    Linux shares them out between sessions first, each with a niceness of its own, and within a
    session by that of the processes. Where it does not, the second is what counts.
    """
    with suppress(PermissionError):  # it leads a session already
        os.setsid()
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(nice))
    os.nice(nice)
