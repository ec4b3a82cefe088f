"""Tries the whole document against a running installation, and tells what did not hold."""

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

from api.answers.base import CODES
from domain.kinds import Role
from tests.api.callers import signed_in
from tests.contract.seed import Seed, replaced

EXEMPT: dict[str, str] = {
    "/v1/live": "a stream; the tests of the live feed follow it",
    "/v1/tiles/land/{z}/{x}/{y}": "not JSON; the tests of the tiles read it as a map does",
    "/v1/tiles/network/{z}/{x}/{y}": "not JSON; the tests of the tiles read it as a map does",
    "/metrics": "plain text for another reader; its names are held by the documents' tests",
}
"""Addresses that are not tried, and why not."""

ROLES = tuple(role for role in Role if role not in {Role.BOARD, Role.SYSTEM})
"""Who asks, by turns."""

NAMES = {
    "path.outage_id": "outage",
    "path.report_id": "report",
    "path.crew_id": "crew",
    "path.shift_id": "shift",
    "path.order_id": "order",
    "path.plan_hash": "plan",
    "path.page_id": "page",
    "path.photo_id": "photo",
    "path.callback_id": "callback",
    "path.message_id": "letter",
    "path.district": "district",
    "path.name": "policy",
    "path.token": "token",
    "body.place.service_point_id": "home",
    "body.task": "task",
    "query.task": "task",
    "query.crew": "crew",
    "body.crew": "crew",
    "body.plan": "plan",
}
"""Which thing of the seed a part of a request means, most of the time."""

_CHECKS = {
    # A valid form may still be about nothing that is there: 422 says so, and its code is checked.
    "positive_data_acceptance": {"enabled": False},
    # Nothing can be deleted here.
    "use_after_free": {"enabled": False},
    "ensure_resource_availability": {"enabled": False},
}


@dataclass
class Findings:
    """How much was tried: by phase, operation and answer; and what did not hold, each kind once.

    `done` counts what was not refused.
    """

    tried: Counter[str] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        told = "\n".join(f"- {fault}\n  {how}" for fault, how in self.faults.items())
        return f"{dict(self.tried)} {dict(self.statuses)}\n{told}"


@dataclass(frozen=True)
class Effort:
    """How much is tried: examples of each operation, sequences along the links, boundaries.

    With `outsiders` by those who may not ask, else by those who may.
    """

    number: int = 1
    examples: int = 1
    sequences: int = 0
    boundaries: bool = False
    outsiders: bool = False


def fuzz(
    seed: Seed,
    document: dict[str, Any],
    effort: Effort,
    only: Collection[str] | None = None,
) -> Findings:
    """Try operations: the examples, the boundaries, by chance, and along the links."""
    seed.look()
    config = SchemathesisConfig.from_dict(_settings(seed, effort))
    about_real_things = replaced(document, seed.real())
    schema = schemathesis.openapi.from_dict(about_real_things, config=config)
    for path in EXEMPT:
        schema = schema.exclude(path=path)
    if only is not None:
        schema = schema.include(operation_id=sorted(only))
    schema.auth(refresh_interval=None)(_turns(seed, outsiders=effort.outsiders))
    found = Findings()
    for event in from_schema(schema).execute():
        if isinstance(event, ScenarioFinished):
            _note(found, event)
        elif isinstance(event, NonFatalError):
            found.faults[f"{event.label}: {event.value}"] = event.info.format()
        elif isinstance(event, FatalError):
            raise event.exception
    return found


def _turns(seed: Seed, *, outsiders: bool) -> type:
    """Sign each request as the next of those who may make it, or of those who may not."""
    turns: Counter[str] = Counter()
    tokens = {role: signed_in(role, crew=seed.crew if role == "crew" else None) for role in ROLES}

    class Turns:
        """Schemathesis asks it for each request."""

        def get(self, case: Any, _: Any) -> dict[str, str] | None:
            """Return the header of whoever is next, or none where everybody may ask."""
            may = case.operation.definition.raw.get("x-roles", ())
            roles = [role for role in ROLES if (role in may) != outsiders]
            if not roles:
                return None
            turns[case.operation.label] += 1
            return tokens[roles[turns[case.operation.label] % len(roles)]]

        def set(self, case: Any, data: dict[str, str], _: Any) -> None:
            """Put it on the request."""
            case.headers.update(data)

    return Turns


def _settings(seed: Seed, effort: Effort) -> dict[str, Any]:
    kinds = {kind: [getattr(seed, kind)] for kind in NAMES.values()}
    bound = {name: {"dictionary": kind, "probability": 0.8} for name, kind in NAMES.items()}
    by_chance = {"max-examples": effort.examples, "deterministic": True, "no-shrink": True}
    return {
        "seed": effort.number,
        "base-url": seed.address,
        "continue-on-failure": True,
        "request-timeout": 60,
        "dictionaries": {kind: {"values": values} for kind, values in kinds.items()},
        "parameters": bound,
        "generation": by_chance | {"database": "none"},
        "checks": _CHECKS,
        "phases": {
            "coverage": {"enabled": effort.boundaries},
            "stateful": {
                "enabled": effort.sequences > 0,
                "max-steps": 6,
                "generation": by_chance | {"max-examples": max(1, effort.sequences)},
            },
        },
    }


def _note(found: Findings, event: ScenarioFinished) -> None:
    recorder = event.recorder
    found.tried[event.phase.value] += len(recorder.interactions)
    for name, interaction in recorder.interactions.items():
        case, answer = recorder.cases[name].value, interaction.response
        operation = case.operation.definition.raw["operationId"]
        found.operations[operation] += 1
        if answer is None:
            found.faults[f"{event.label}: no answer"] = case.as_curl_command()
            continue
        found.statuses[str(answer.status_code)] += 1
        if answer.status_code < HTTPStatus.BAD_REQUEST:
            found.done[operation] += 1
        if fault := _undocumented(case, answer):
            found.faults.setdefault(fault, case.as_curl_command())
    for name, checks in recorder.checks.items():
        for check in checks:
            if check.status != Status.FAILURE or check.failure_info is None:
                continue
            if _explained(recorder.interactions[name].response, check.name):
                continue
            failure = check.failure_info.failure
            label = recorder.cases[name].value.operation.label
            told = f"{label}: {check.name}: {failure.title}: {failure.message}"[:600]
            found.faults.setdefault(told, check.failure_info.code_sample)


def _undocumented(case: Any, answer: Any) -> str | None:
    """Name a refusal whose code this endpoint does not list."""
    operation = case.operation.definition.raw
    listed = operation["responses"].get(str(answer.status_code), {}).get(CODES)
    if listed is None:
        return None
    code = json.loads(answer.content)["code"]
    return None if code in listed else f"{case.operation.label}: {answer.status_code} {code}"


def _explained(answer: Any, check: str) -> bool:
    """Tell a 503 that says when to come again from a defect; its code is held to the document."""
    return check == "not_a_server_error" and answer.status_code == 503
