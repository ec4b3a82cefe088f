"""The documents and the code name the same things, in both directions."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel

from api.app import described
from api.example_answers import WITHOUT
from api.examples import REQUESTS
from api.gauges import Gauges
from domain.kinds import Ladder
from domain.ladders import Rung
from domain.policy import Policy, WorkKind
from domain.promises import KeyCustomer, MeanMinutes, Means
from domain.words import catalogue
from relight.cli import COMMANDS, build
from relight.settings import CODE
from relight.worker_process import WORKFLOWS

DOCS = CODE / "docs"
LONGEST_ADR = 60


def pages() -> list[Path]:
    """Return every page of the project, the README first."""
    return [CODE / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(
        DOCS.rglob("*.md")
    )


def first_cells(page: str, section: str = "") -> list[str]:
    """Return the code in the first column of the tables under one heading, or of all tables."""
    text = (DOCS / page).read_text()
    if section:
        text = text.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`[^|]*`) \|", text, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def keys_of(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """Name every key of a policy as the page names it."""
    for name, field in model.model_fields.items():
        kind: Any = field.annotation
        if name == "ladders":
            yield from (f"ladders.{each}[].{key}" for each in Ladder for key in Rung.model_fields)
        elif name == "mean":
            yield from keys_of(Means, "mean.")
        elif name == "key_customers":
            yield from (f"key_customers.<class>.{key}" for key in KeyCustomer.model_fields)
        elif name == "restoration_min":
            yield from keys_of(MeanMinutes, f"{before}{name}.")
        elif name == "work":
            yield from (f"work.<kind>.{key}" for key in WorkKind.model_fields)
        elif inspect.isclass(kind) and issubclass(kind, BaseModel):
            yield from keys_of(kind, f"{before}{name}.")
        else:
            yield before + name


def headings(page: Path) -> set[str]:
    """Return the anchors of a page."""
    found = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_every_policy_key_is_documented_and_no_other() -> None:
    assert sorted(first_cells("policies.md", "Keys")) == sorted(keys_of(Policy))


def test_every_policy_profile_is_named() -> None:
    profiles = {file.stem for file in (CODE / "policies").glob("*.toml")}

    assert profiles <= set(first_cells("policies.md"))


def test_every_make_target_is_documented_and_no_other() -> None:
    targets = re.findall(r"^([a-z]+):", (CODE / "Makefile").read_text(), re.MULTILINE)

    assert sorted(first_cells("commands.md", "make")) == sorted(f"make {name}" for name in targets)


def test_every_command_is_documented_and_no_other() -> None:
    assert sorted(first_cells("commands.md", "relight")) == sorted(
        f"relight {name}" for name in COMMANDS
    )


def options_of(name: str) -> set[str]:
    """Return the long options of a command and of the commands under it."""
    root: Any = typer.main.get_command(build([name]))
    command = root.commands[name]
    under = [command, *getattr(command, "commands", {}).values()]
    return {option for one in under for each in one.params for option in each.opts}


def test_every_option_the_pages_of_commands_name_exists() -> None:
    known = set[str]().union(*map(options_of, COMMANDS)) | {"--help", "--no-demo"}
    named = {
        (page, option)
        for page in ("commands.md", "drill.md", "policies.md", "settings.md", "signing-in.md")
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", (DOCS / page).read_text())
    }

    assert [(page, option) for page, option in named if option not in known] == []


def test_every_option_of_a_drill_is_explained() -> None:
    explained = set(re.findall(r"--[a-z][a-z-]+", (DOCS / "drill.md").read_text()))

    assert options_of("drill") - explained == set()


def test_every_finding_that_can_be_mended_is_in_the_runbook_and_no_other() -> None:
    found = re.findall(r"^doctor\.(\w+)_mend$", "\n".join(catalogue("en")), re.MULTILINE)

    assert sorted(first_cells("runbook/README.md", "What the doctor finds")) == sorted(found)


def test_every_operation_shows_an_example_that_is_sent() -> None:
    operations = {
        operation["operationId"]
        for methods in described().openapi()["paths"].values()
        for operation in methods.values()
    }
    shown = {asked.operation for asked in REQUESTS}

    assert operations - shown - set(WITHOUT) == set(), "add a request to api/examples.py"
    assert (shown | set(WITHOUT)) - operations == set()


def test_every_metric_is_in_the_runbook_and_no_other() -> None:
    assert sorted(first_cells("runbook/README.md", "Metrics")) == Gauges().names()


def test_every_workflow_is_in_the_overview() -> None:
    assert first_cells("overview.md", "Workflows") == [each.__name__ for each in WORKFLOWS]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(CODE)))
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        aim = (page.parent / name).resolve() if name else page
        if not aim.exists() or (anchor and anchor not in headings(aim)):
            broken.append(target)

    assert broken == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(CODE)))
def test_every_file_a_page_names_exists(page: Path) -> None:
    named = re.findall(r"`((?:[a-z_]+/)+[\w.]+\.(?:py|toml|md))", page.read_text())

    assert [name for name in named if "yours" not in name and not (CODE / name).exists()] == []


def test_every_page_is_linked_from_another() -> None:
    linked = {
        (page.parent / target.partition("#")[0]).resolve()
        for page in pages()
        for target in re.findall(r"\]\(([^)\s:]+)\)", page.read_text())
    }

    assert [page.name for page in pages()[1:] if page.resolve() not in linked] == []


def test_every_decision_is_short_numbered_and_complete() -> None:
    found = sorted((DOCS / "adr").glob("0*.md"))
    for number, page in enumerate(found, 1):
        text = page.read_text()

        assert page.name.startswith(f"{number:04d}-")
        assert text.startswith(f"# {number}. ")
        assert len(text.splitlines()) <= LONGEST_ADR
        assert headings(page) >= {"context", "decision", "consequences"}
