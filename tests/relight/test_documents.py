"""What the documents say exists: targets, commands and settings."""

import re
from pathlib import Path

from relight.cli import COMMANDS
from relight.settings import CODE, PREFIX, Settings


def documents() -> list[Path]:
    names = ("README.md", "CONTRIBUTING.md")
    return [CODE / name for name in names if (CODE / name).exists()] + sorted(
        (CODE / "docs").rglob("*.md")
    )


def test_every_target_the_documents_name_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (CODE / "Makefile").read_text(), re.MULTILINE))
    named = {
        (file.name, target)
        for file in documents()
        for target in re.findall(r"`make ([a-z]+)|^make ([a-z]+)", file.read_text(), re.MULTILINE)
        for target in target
        if target
    }

    assert not [(name, target) for name, target in named if target not in targets]


def test_every_command_the_documents_name_exists() -> None:
    named = {
        (file.name, command)
        for file in documents()
        for command in re.findall(r"(?:`|bin/)relight ([a-z]+)", file.read_text())
    }

    assert not [(name, command) for name, command in named if command not in COMMANDS]


def test_every_setting_is_explained_and_no_other() -> None:
    text = (CODE / "docs" / "settings.md").read_text()
    explained = set(re.findall(rf"^\| `{PREFIX}([A-Z_]+)`", text, re.MULTILINE))

    assert explained == {name.upper() for name in Settings.model_fields}
