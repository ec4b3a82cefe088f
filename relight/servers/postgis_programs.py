"""Where the programs of a PostgreSQL that has PostGIS lie on this machine."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HOW_TO_GET_IT = (
    "Install PostgreSQL with PostGIS (Debian, Ubuntu: apt-get install 'postgresql-NN-postgis-3' "
    "with the NN that `apt-cache search postgis` shows), or set RELIGHT_DATABASE_URL to an "
    "existing PostGIS database."
)


class PostgisMissing(Exception):  # noqa: N818 - read as a sentence
    """No usable PostgreSQL with PostGIS is installed; the message says how to get it."""


@dataclass(frozen=True)
class Programs:
    """One installed PostgreSQL with PostGIS."""

    major: int
    programs: Path
    extensions: Path

    @property
    def has_postgis(self) -> bool:
        """Whether this PostgreSQL can load PostGIS."""
        return (self.extensions / "postgis.control").is_file()


def installed() -> list[Programs]:
    """Return every PostgreSQL found, the newest first."""
    found: dict[Path, Programs] = {}
    debian = Path("/usr/lib/postgresql")
    for directory in debian.glob("*/bin"):
        share = Path("/usr/share/postgresql") / directory.parent.name / "extension"
        _add(found, directory, share)
    asked = shutil.which("pg_config")
    if asked is not None:
        told = subprocess.run(
            [asked, "--bindir", "--sharedir"], capture_output=True, text=True, check=False
        ).stdout.split("\n")
        if len(told) > 1:
            _add(found, Path(told[0]), Path(told[1]) / "extension")
    return sorted(found.values(), key=lambda each: each.major, reverse=True)


def find_programs(major: int | None = None) -> Programs:
    """Return the newest usable PostgreSQL, or the one an existing cluster was made with."""
    usable = [each for each in installed() if each.has_postgis]
    for each in usable:
        if major in (None, each.major):
            return each
    if major is not None and usable:
        raise PostgisMissing(
            f"The data was made by PostgreSQL {major}, but only "
            f"{', '.join(str(each.major) for each in usable)} is installed with PostGIS. "
            f"Install {major} again, or move the data with pg_upgrade."
        )
    raise PostgisMissing(f"No PostgreSQL with PostGIS is installed. {HOW_TO_GET_IT}")


def _add(found: dict[Path, Programs], directory: Path, extensions: Path) -> None:
    server = directory / "postgres"
    if not server.is_file() or not (directory / "initdb").is_file():
        return
    told = subprocess.run([server, "--version"], capture_output=True, text=True, check=False)
    major = re.search(r"\(PostgreSQL\) (\d+)", told.stdout)
    if major is not None:
        found[directory.resolve()] = Programs(int(major[1]), directory, extensions)
