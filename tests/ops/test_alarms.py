"""Alarms, dashboards, metrics and the runbook name the same things, in every direction."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from activities import counts
from api.gauges import Gauges
from api.pulse import FAMILIES
from relight.cli import COMMANDS
from relight.settings import CODE

OPS = CODE / "ops"
RUNBOOK = CODE / "docs" / "runbook"
RULES = OPS / "prometheus" / "relight.rules.yml"
DASHBOARDS = sorted((OPS / "grafana").glob("*.json"))
SUFFIXES = ("", "_total", "_bucket", "_sum", "_count")
WORDS = frozenset(
    {"abs", "absent", "and", "by", "delta", "histogram_quantile", "increase", "max", "min", "on",
     "or", "predict_linear", "rate", "sum", "unless", "without"}
)  # fmt: skip


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def asked() -> Iterator[tuple[str, str]]:
    """Yield where an expression stands, and the expression."""
    for rule in rules():
        yield rule["alert"], rule["expr"]
    for file in DASHBOARDS:
        for panel in json.loads(file.read_text(encoding="utf-8"))["panels"]:
            for target in panel["targets"]:
                yield f"{file.name}: {panel['title']}", target["expr"]


def known_metrics() -> set[str]:
    """Return every name that is served, as the pages and the code have them."""
    watching = (CODE / "docs" / "watching.md").read_text(encoding="utf-8")
    of_temporal = re.findall(r"^\| `(temporal_\w+)` \|", watching, re.MULTILINE)
    names = {*Gauges().names(), *counts.TOLD, *of_temporal}
    return {name + suffix for name in names for suffix in SUFFIXES} | {"up"}


def named_in(expression: str) -> set[str]:
    """Return what an expression names, but for labels, strings, numbers and PromQL's own words."""
    bare = re.sub(r'"[^"]*"', "", expression)
    bare = re.sub(r"\{[^}]*\}|\[[^]]*\]", " ", bare)
    bare = re.sub(r"\b(by|without|on)\s*\([^)]*\)", " ", bare)
    return set(re.findall(r"\b[a-z_]\w*", bare)) - WORDS


def labels_in(expression: str) -> Iterator[tuple[str, str]]:
    """Yield each metric that is picked by labels, with each label."""
    for metric, selector in re.findall(r"\b([a-z_]\w*)\{([^}]*)\}", expression):
        for label in re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector):
            yield metric, label


@pytest.mark.parametrize(("where", "expression"), list(asked()))
def test_an_expression_names_only_metrics_that_are_served(where: str, expression: str) -> None:
    assert named_in(expression)
    assert named_in(expression) - known_metrics() == set()


@pytest.mark.parametrize(("where", "expression"), list(asked()))
def test_an_expression_picks_by_labels_that_the_metric_has(where: str, expression: str) -> None:
    families = {f"relight_{name}": family.labels for name, family in FAMILIES.items()}

    assert [
        (metric, label)
        for metric, label in labels_in(expression)
        if metric in families and label not in families[metric]
    ] == []


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alarm_says_how_grave_it_is_in_both_languages_and_where_its_page_is(
    rule: dict[str, Any],
) -> None:
    told = rule["annotations"]

    assert rule["alert"].startswith("Relight")
    assert rule["labels"] in ({"severity": "page"}, {"severity": "ticket"})
    assert set(told) == {"summary_en", "summary_zh", "runbook"}
    assert re.search(r"[\u4e00-\u9fff]", told["summary_zh"])
    assert not re.search(r"[\u4e00-\u9fff]", told["summary_en"])
    assert f"`{rule['alert']}`" in (CODE / told["runbook"]).read_text(encoding="utf-8")


def test_every_alarm_a_page_names_exists_and_leads_to_that_page() -> None:
    pages = {rule["alert"]: Path(rule["annotations"]["runbook"]).name for rule in rules()}
    named = {
        name: page.name
        for page in RUNBOOK.glob("*.md")
        for name in re.findall(r"`(Relight[A-Z]\w+)`", page.read_text(encoding="utf-8"))
    }

    assert named == pages
    assert len(pages) == len(rules())


def test_a_page_of_an_alarm_says_what_it_means_what_to_see_what_to_do_and_whom_to_call() -> None:
    parts = ("*Alarms*", "*Means*", "*See*", "*Mend*", "*Call*")
    lacking = {
        (page, part)
        for page in {rule["annotations"]["runbook"] for rule in rules()}
        for part in parts
        if part not in (CODE / page).read_text(encoding="utf-8")
    }

    assert lacking == set()


def test_every_command_a_page_of_the_runbook_names_exists() -> None:
    named = {
        (page.name, command)
        for page in RUNBOOK.glob("*.md")
        for command in re.findall(r"(?:`|bin/)relight ([a-z]+)", page.read_text(encoding="utf-8"))
    }

    assert named
    assert [(page, command) for page, command in named if command not in COMMANDS] == []


def test_every_metric_a_page_of_the_runbook_names_is_served() -> None:
    known = known_metrics()
    named = {
        (page.name, name)
        for page in RUNBOOK.glob("*.md")
        for name in re.findall(
            r"`(relight_\w+|temporal_(?:workflow|activity|worker)_\w+)`",
            page.read_text(encoding="utf-8"),
        )
    }

    assert [(page, name) for page, name in named if name not in known] == []


def test_every_promise_and_every_queue_is_on_a_dashboard() -> None:
    shown = set().union(
        *(named_in(expression) for where, expression in asked() if ".json" in where)
    )
    watched = {
        name for name in Gauges().names() if re.match(r"relight_(promise|callback|outbox)", name)
    }

    assert watched - shown == set()


def test_a_dashboard_can_be_loaded_beside_the_others() -> None:
    found = [json.loads(file.read_text(encoding="utf-8")) for file in DASHBOARDS]

    assert len({each["uid"] for each in found}) == len(found) == 3
    for each in found:
        ids = [panel["id"] for panel in each["panels"]]
        assert len(ids) == len(set(ids))
        assert all(panel["datasource"]["uid"] == "${source}" for panel in each["panels"])
        assert not [panel for panel in each["panels"] if overlaps(panel, each["panels"])]


def overlaps(panel: dict[str, Any], others: list[dict[str, Any]]) -> bool:
    one = panel["gridPos"]
    return any(
        other is not panel
        and one["x"] < at["x"] + at["w"]
        and at["x"] < one["x"] + one["w"]
        and one["y"] < at["y"] + at["h"]
        and at["y"] < one["y"] + one["h"]
        for other in others
        for at in [other["gridPos"]]
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "rules", "relight.rules.yml"),
        ("check", "config", "prometheus.yml"),
        ("test", "rules", "relight.rules.test.yml"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_prometheus_itself_agrees(arguments: tuple[str, ...]) -> None:
    own = Path(sys.executable).with_name("promtool")
    promtool = own if own.is_file() else shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not here; `.ci/test` fetches it where there is apt-get")
    told = subprocess.run(
        [promtool, *arguments], cwd=RULES.parent, capture_output=True, text=True, check=False
    )

    assert told.returncode == 0, told.stdout + told.stderr
