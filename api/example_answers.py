"""The examples of requests with the answers to them, put into the OpenAPI document.

The answers in `api/examples.json` are written down from a running installation:
`RELIGHT_WRITE_DOCS=1 .venv/bin/pytest -n 0 tests/contract/test_examples.py`.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from api.examples import REQUESTS, Asked

ANSWERS = Path(__file__).with_name("examples.json")
WITHOUT = {
    "follow": "a stream of events; docs/live.md shows them",
    "show_metrics": "plain text for Prometheus",
    "show_photo": "a picture, which is not JSON",
    "show_land_tile": "a vector tile, which is not JSON",
    "show_network_tile": "a vector tile, which is not JSON",
}
"""Operations without an example, and why."""

TOO_LONG = frozenset({"show_plan", "show_policy", "show_snapshot"})
"""Operations whose answer would fill pages."""


@cache
def answers() -> dict[str, Any]:
    """Return an answer to each request, by operation."""
    return json.loads(ANSWERS.read_text(encoding="utf-8")) if ANSWERS.exists() else {}


def exemplify(operation: dict[str, Any]) -> None:
    """Put the examples of an operation into its part of the document."""
    for asked in REQUESTS:
        if asked.operation == operation["operationId"]:
            _ask(operation, asked)
            answer = answers().get(asked.operation)
            if answer is not None:
                (media,) = operation["responses"][str(asked.status)]["content"].values()
                media["example"] = answer


def _ask(operation: dict[str, Any], asked: Asked) -> None:
    given = {**asked.path, **asked.query, **asked.headers}
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in given:
            parameter["example"] = given[parameter["name"]]
    if asked.body is not None:
        (media,) = operation["requestBody"]["content"].values()
        media["example"] = asked.body
