"""The pages for operators name commands, services, variables and words that exist."""

import re

import pytest
import typer
import yaml

from activities.recovery import Deed
from relight.cli import COMMANDS, build
from relight.settings import CODE, PREFIX, Settings
from relight.user import users

COMPOSE_TEXT = (CODE / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
PAGES = ("docs/deploying.md", "docs/upgrading.md", "docs/runbook/backup.md")
FOLLOWS = ("up", "stop", "run", "exec", "build", "config")


def text_of(page: str) -> str:
    return (CODE / page).read_text()


def code_of(page: str) -> str:
    """Return what a page shows as code."""
    text = text_of(page)
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return "\n".join(
        blocks + re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    )


@pytest.mark.parametrize("page", PAGES)
def test_every_command_a_page_names_exists(page: str) -> None:
    named = re.findall(r"(?:bin/|\b)relight ([a-z]+)", code_of(page))
    named += re.findall(r"--rm (?:--no-deps )?tools ([a-z]+)", code_of(page))

    assert named
    assert set(named) <= set(COMMANDS)


@pytest.mark.parametrize("page", PAGES)
def test_every_option_of_ours_a_page_names_exists(page: str) -> None:
    for line in re.findall(r"(?:relight|--rm tools) ([a-z]+ [^\n`]*--[^\n`]+)", code_of(page)):
        name, *words = line.split("#")[0].split()
        root = typer.main.get_command(build([name]))
        command = root.commands[name]  # type: ignore[attr-defined]
        if name == "user":
            command = typer.main.get_command(users).commands[words[0]]  # type: ignore[attr-defined]
        known = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
        assert {word for word in words if word.startswith("--")} <= known, line


@pytest.mark.parametrize("page", PAGES)
def test_every_service_and_profile_a_page_names_exists(page: str) -> None:
    code = re.sub(r"\\\n\s*", "", code_of(page))
    profiles = {name for each in COMPOSE["services"].values() for name in each.get("profiles", ())}
    for line in re.findall(r"docker compose ([^\n`]+)", code):
        words = line.split("#")[0].split()
        for at, word in enumerate(words):
            if word == "--profile":
                assert words[at + 1] in profiles, line
        verb = next(word for word in words if word in FOLLOWS)
        rest = [word for word in words[words.index(verb) + 1 :] if not word.startswith("-")]
        services = rest[:1] if verb in ("run", "exec") else rest
        assert set(services) <= set(COMPOSE["services"]), line


@pytest.mark.parametrize("page", PAGES)
def test_every_variable_a_page_names_exists(page: str) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    known |= set(re.findall(r"\$\{(\w+)", COMPOSE_TEXT))

    assert set(re.findall(r"\bRELIGHT_[A-Z_]+\b", text_of(page))) <= known


def test_every_variable_the_composition_asks_for_is_explained() -> None:
    asked = set(re.findall(r"\$\{(\w+):\?", COMPOSE_TEXT))

    assert asked
    assert all(f"`{name}`" in text_of("docs/deploying.md") for name in asked)


def test_every_deed_of_a_recovery_is_explained_and_no_other() -> None:
    explained = re.findall(r"^\| `(\w+)` \|", text_of("docs/runbook/backup.md"), re.MULTILINE)

    assert explained == [
        "runs", "went_on", "opened", "revived", "replaced", "rows_completed", "ended",
        "history_lost", "disagree", "no_rows", "failed",
    ]  # fmt: skip
    assert set(explained) == {deed.value for deed in Deed}
