"""The one way a command ends: children first, then the streams, then the process."""

import contextlib
import logging
import os
import sys
from collections.abc import Callable
from typing import NoReturn

_endings: list[Callable[[], object]] = []


def before_finish(ending: Callable[[], object]) -> None:
    """Run `ending` when the command finishes; the last one added runs first."""
    _endings.append(ending)


def finish(code: int = 0) -> NoReturn:
    """End this process with `code`.

    A short script that holds a Temporal client may crash while the interpreter shuts down, so the
    shutdown is skipped; and because skipping it would orphan child servers, they are ended first.
    """
    while _endings:
        ending = _endings.pop()
        try:
            ending()
        except Exception:
            logging.getLogger("relight").exception("an ending failed")
            code = code or 1
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
