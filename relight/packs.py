"""The policy files of an installation, read whole or not at all."""

from collections.abc import Iterator
from pathlib import Path

from domain.policy import Fault, Policy, PolicyError, line_of, parse_policy


def read_policy(file: Path) -> Policy:
    """Read a policy file, whose name must be that of its policy.

    Raises PolicyError, also where the file cannot be read at all.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(str(file), (_unread(str(error)),)) from error
    policy = parse_policy(text, str(file))
    if policy.name != file.stem:
        params = {"name": policy.name, "file": file.name}
        said = f"{policy.name!r} lies in {file.name}; they must be called the same"
        line = line_of(text, ("name",))
        fault = Fault(line=line, key="name", code="other_name", said=said, params=params)
        raise PolicyError(str(file), (fault,))
    return policy


def _unread(cause: str) -> Fault:
    return Fault(line=1, key="", code="unreadable", said=cause, params={"cause": cause})


def files_in(directory: Path) -> list[Path]:
    """List the policy files of a directory by name."""
    return sorted(directory.glob("*.toml"))


def packs_in(directory: Path) -> Iterator[tuple[Path, Policy | PolicyError]]:
    """Read every policy file of a directory; one with a fault hides no other."""
    for file in files_in(directory):
        try:
            yield file, read_policy(file)
        except PolicyError as error:
            yield file, error
