"""What stands beside a backup: what it holds, of which schema, and the checksum of its file."""

import hashlib
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, ValidationError

from domain.value import Value
from relight.servers.dump_programs import DumpFailed
from relight.servers.files import replace_text

FORM = "relight-backup/1"


class Manifest(Value):
    """One backup: the moment it shows, its schema and server, its file and its counts."""

    form: str = FORM
    taken_at: AwareDatetime
    house_time: AwareDatetime
    revision: str
    postgres: int
    sha256: str
    size: int
    holds: dict[str, int]


def manifest_of(file: Path) -> Path:
    """Return where the manifest of a backup lies: beside it."""
    return file.with_name(file.name + ".json")


def write(file: Path, manifest: Manifest) -> None:
    """Write the manifest beside its backup."""
    replace_text(manifest_of(file), manifest.model_dump_json(indent=1) + "\n", mode=0o600)


def read(file: Path) -> Manifest:
    """Return the manifest of a backup whose file is as it was written; raises DumpFailed."""
    beside = manifest_of(file)
    try:
        manifest = Manifest.model_validate_json(beside.read_bytes())
        size = file.stat().st_size
    except OSError as fault:
        raise DumpFailed(f"{fault.filename} cannot be read: {fault.strerror}.") from fault
    except ValidationError as fault:
        raise DumpFailed(f"{beside} is no manifest of a backup: {fault}") from fault
    if manifest.form != FORM:
        raise DumpFailed(f"{beside} has the form {manifest.form}; this program reads {FORM}.")
    if size != manifest.size or checksum(file) != manifest.sha256:
        raise DumpFailed(f"{file} is not as it was written: its size or checksum differs.")
    return manifest


def checksum(file: Path) -> str:
    """Return the sha256 of a file, in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def default_name(now: datetime) -> str:
    """Return the name of a backup taken now."""
    return f"relight-{now:%Y%m%dT%H%M%SZ}.dump"
