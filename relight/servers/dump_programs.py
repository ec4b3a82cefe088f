"""pg_dump and pg_restore of the right version, and how a database is named to them."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sqlalchemy import make_url

PLACES = {"/usr/lib/postgresql": "*/bin", "/usr": "pgsql-*/bin", "/opt/homebrew/opt": "*/bin"}
HOW_TO_GET_IT = (
    "Install the client programs of PostgreSQL {major} (Debian, Ubuntu: apt-get install "
    "postgresql-client-{major}); only they can write and read a backup of a server {major}."
)


class DumpFailed(Exception):  # noqa: N818 - read as a sentence
    """A backup could not be written or put back; the message says why and what to do."""


def find_program(name: str, major: int) -> Path:
    """Return pg_dump or pg_restore of one major version: others may write what it cannot read."""
    for candidate in _candidates(name):
        told = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=False)
        version = re.search(r"\(PostgreSQL\) (\d+)", told.stdout)
        if version is not None and int(version[1]) == major:
            return candidate
    raise DumpFailed(f"There is no {name} {major} here. " + HOW_TO_GET_IT.format(major=major))


def _candidates(name: str) -> Iterator[Path]:
    for root, pattern in PLACES.items():
        yield from Path(root).glob(f"{pattern}/{name}")
    on_path = shutil.which(name)
    if on_path is not None:
        yield Path(on_path)


def named(url: str) -> tuple[str, dict[str, str]]:
    """Return the address without its password, and the variables that hold it.

    A password among the words of a command could be read by everybody on the machine.
    """
    address = make_url(url)
    secret = {"PGPASSWORD": address.password} if address.password else {}
    # `set(password=None)` would leave it where it is.
    bare = address._replace(drivername="postgresql", password=None)
    return bare.render_as_string(hide_password=False), {str(k): str(v) for k, v in secret.items()}


def run(command: Sequence[str | Path], variables: Mapping[str, str]) -> None:
    """Run one of the programs to its end; raises DumpFailed with its last words."""
    ended = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    if ended.returncode:
        words = "\n".join(ended.stderr.strip().splitlines()[-6:])
        raise DumpFailed(f"{Path(command[0]).name} ended with {ended.returncode}:\n{words}")
