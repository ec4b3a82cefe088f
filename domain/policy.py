"""Commitment policies: versioned data with sources, pinned by value when an outage opens."""

import json
import re
import tomllib
from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from domain.kinds import AreaClass, KeyClass, LadderRole, TaskKind
from domain.value import Value


class Rung(Value):
    """At `percent` of the way to a deadline, tell `to`; over 100 is past the deadline."""

    percent: int = Field(ge=1, le=1000)
    to: LadderRole
    call_customer: bool = False


class ArrivalMinutes(Value):
    """Minutes from report received to arrival, at most, per area class and key customer."""

    urban: int = Field(gt=0)
    rural: int = Field(gt=0)
    remote: int = Field(gt=0)
    key_customer: int | None = Field(default=None, gt=0)


def _rising(rungs: tuple[Rung, ...]) -> tuple[Rung, ...]:
    """Refuse a ladder whose rungs do not rise: a rung is known by its percent."""
    percents = [rung.percent for rung in rungs]
    if any(low >= high for low, high in pairwise(percents)):
        raise PydanticCustomError(
            "ladder", "rungs must rise; found {percents}", {"percents": percents}
        )
    return rungs


Rungs = Annotated[tuple[Rung, ...], Field(min_length=1), AfterValidator(_rising)]


class Ladders(Value):
    """The rungs of each deadline, lowest first."""

    assignment: Rungs
    acknowledgement: Rungs
    arrival: Rungs
    callback: Rungs


class Deadlines(Value):
    """How long each step may take, where it is not an arrival."""

    assignment_s: int = Field(gt=0)
    acknowledgement_s: int = Field(gt=0)
    callback_s: int = Field(gt=0)
    verification_s: int = Field(gt=0)


class Grouping(Value):
    """When two reports are one outage."""

    section_window_min: int = Field(gt=0)
    distance_m: int = Field(gt=0)
    distance_window_min: int = Field(gt=0)
    infer_transformer_m: int = Field(gt=0)


class Callbacks(Value):
    """When and how often a reporter is called back."""

    first_after_min: int = Field(ge=0)
    window_from_hour: int = Field(ge=0, le=23)
    window_to_hour: int = Field(ge=1, le=24)
    tries: int = Field(ge=1, le=10)
    retry_after_min: int = Field(ge=1)

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.window_from_hour >= self.window_to_hour:
            raise PydanticCustomError(
                "window", "window_from_hour must lie before window_to_hour, on one day"
            )
        return self


class FieldRules(Value):
    """When a statement from the field counts."""

    arrival_proof_m: int = Field(gt=0)
    late_sync_s: int = Field(gt=0)
    clock_tolerance_s: int = Field(gt=0)


class WorkKind(Value):
    """What a kind of task needs and how long it is expected to take."""

    skills: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    minutes: int = Field(gt=0)
    needs_safety_officer: bool = False


class Planning(Value):
    """Prices of the planner: weighted seconds and metres."""

    weight_normal: int = Field(gt=0)
    weight_life_support: int = Field(gt=0)
    weight_key_customer: int = Field(gt=0)
    weight_danger: int = Field(gt=0)
    speed_kmh_urban: float = Field(gt=0)
    speed_kmh_rural: float = Field(gt=0)
    speed_kmh_remote: float = Field(gt=0)
    circuity: float = Field(ge=1)
    dispatch_ahead_min: int = Field(default=90, gt=0)

    @property
    def dispatch_ahead(self) -> timedelta:
        """Return how long before its work begins a crew may be sent."""
        return timedelta(minutes=self.dispatch_ahead_min)


class Policy(Value):
    """One commitment profile with everything a running outage needs from it."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    version: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}(\.\d+)?$")
    title_en: str
    title_zh: str
    counted: str
    sources: tuple[str, ...] = Field(min_length=1)
    arrival_min: ArrivalMinutes
    deadlines: Deadlines
    ladders: Ladders
    grouping: Grouping
    callbacks: Callbacks
    field: FieldRules
    work: dict[TaskKind, WorkKind]
    planning: Planning

    def arrival_limit(self, area: AreaClass, key_class: KeyClass | None) -> timedelta:
        """Return how long after the earliest report a crew must be on site."""
        minutes: int = getattr(self.arrival_min, area.value)
        if key_class is not None and self.arrival_min.key_customer is not None:
            minutes = min(minutes, self.arrival_min.key_customer)
        return timedelta(minutes=minutes)


class PolicyError(ValueError):
    """A policy file cannot be used; the text names every fault with file and line."""


def parse_policy(text: str, source: str) -> Policy:
    """Read a policy from TOML; `source` is named in errors.

    A number written as text is a wrong type here, not a number.
    Raises PolicyError with one line per fault: `file:line: what is wrong`.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else len(text.splitlines())
        raise PolicyError(f"{source}:{line}: not readable as TOML: {error}") from error
    try:
        policy = Policy.model_validate_json(json.dumps(data, default=str), strict=True)
    except ValidationError as error:
        faults = [_fault(text, source, fault["loc"], fault) for fault in error.errors()]
        raise PolicyError("\n".join(faults)) from error
    missing = [kind.value for kind in TaskKind if kind not in policy.work]
    if missing:
        raise PolicyError(f"{source}:1: work: no entry for {', '.join(missing)}")
    return policy


_PLAIN = {"extra_forbidden": "unknown key", "missing": "missing"}


def _fault(text: str, source: str, path: tuple[int | str, ...], fault: Any) -> str:
    path = tuple(part for part in path if part != "[key]")
    name = ".".join(str(part) for part in path)
    said = _PLAIN.get(fault["type"], fault["msg"])
    return f"{source}:{_line_of(text, path)}: {name}: {said}"


def _line_of(text: str, path: tuple[int | str, ...]) -> int:
    """Return the line where a key stands, or its nearest table; 1 when neither is written."""
    names = [part for part in path if isinstance(part, str)]
    nth = next((part for part in path if isinstance(part, int)), 0)
    own, parent = ".".join(names), ".".join(names[:-1])
    nearest, table, here, seen = 1, "", True, 0
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped.startswith("["):
            name = stripped.strip("[]").strip()
            seen = seen + 1 if name == table else 0
            table, here = name, seen == nth or not stripped.startswith("[[")
            if table == own and here:
                return number
            if table == parent and here:
                nearest = number
        elif table == parent and here and stripped.partition("=")[0].strip() == names[-1]:
            return number
    return nearest
