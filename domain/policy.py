"""Commitment policies: versioned data with sources, pinned by value when an outage opens."""

import json
import re
import tomllib
from datetime import timedelta
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from domain.kinds import MOST_CREWS, AreaClass, KeyClass, Ladder, TaskKind
from domain.ladders import Ladders, Rung
from domain.parts import Parts
from domain.planning import Planning
from domain.promises import ArrivalMinutes, Counted, Counting, Deadlines, KeyCustomer, Means
from domain.value import Value

MAY_LACK = frozenset({TaskKind.CUT_TREES})
"""Kinds of work a policy need not name: it is older than they are, or nobody does such work."""


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


class Meters(Value):
    """When a meter that lost supply must have said that it is back, and what its silence leads to.

    Within 0 minutes no word is expected at all. `call`: the customer of a silent meter is called
    like a reporter, where a number is known; `note`: its silence is only written down.
    """

    power_on_within_min: int = Field(default=60, ge=0, le=1440)
    when_silent: Literal["call", "note"] = "call"


class FieldRules(Value):
    """When a statement from the field counts."""

    arrival_proof_m: int = Field(gt=0)
    late_sync_s: int = Field(gt=0)
    clock_tolerance_s: int = Field(gt=0)


class WorkKind(Value):
    """What a kind of task needs and how long it is expected to take."""

    skills: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    kit: tuple[str, ...] = ()
    parts: Parts = Field(default_factory=dict)
    minutes: int = Field(gt=0)
    needs_safety_officer: bool = False
    crews: int = Field(default=1, ge=1, le=MOST_CREWS)


class Policy(Value):
    """One commitment profile with everything a running outage needs from it."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    version: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}(\.\d+)?$")
    title_en: str
    title_zh: str
    counted: Counted
    sources: tuple[str, ...] = Field(min_length=1)
    arrival_min: ArrivalMinutes
    mean: Means | None = None
    key_customers: dict[KeyClass, KeyCustomer] = Field(default_factory=dict)
    deadlines: Deadlines
    ladders: Ladders
    grouping: Grouping
    callbacks: Callbacks
    meters: Meters = Meters()
    field: FieldRules
    work: dict[TaskKind, WorkKind]
    planning: Planning

    @model_validator(mode="after")
    def _means_are_promised(self) -> Self:
        if (self.counted is Counting.MEAN) != (self.mean is not None):
            raise PydanticCustomError(
                "mean", 'counted = "mean" and [mean] belong together', {"at": ("counted",)}
            )
        return self

    @model_validator(mode="after")
    def _key_customers_come_first(self) -> Self:
        """Keep first rungs apart: an order may rise from one class to another."""
        lowest, told = self.ladders.arrival[0].percent, dict[int, Rung]()
        for name, special in self.key_customers.items():
            first = special.first
            if first is None:
                continue
            if first.percent >= lowest or told.setdefault(first.percent, first) != first:
                raise PydanticCustomError(
                    "first_rung",
                    "key_customers.{name}.first must lie below {lowest}, at a percent of its own",
                    {
                        "name": name.value,
                        "lowest": lowest,
                        "at": ("key_customers", name.value, "first"),
                    },
                )
        return self

    def arrival_limit(self, area: AreaClass, key_class: KeyClass | None) -> timedelta:
        """Return how long after the earliest report a crew must be on site."""
        minutes: int = getattr(self.arrival_min, area.value)
        if key_class is not None:
            special = self.key_customers.get(key_class)
            own = self.arrival_min.key_customer if special is None else special.arrival_min
            minutes = minutes if own is None else min(minutes, own)
        return timedelta(minutes=minutes)

    def work_of(self, kind: TaskKind) -> WorkKind:
        """Return what work of a kind needs; kinds newer than this policy ask what a repair does."""
        return self.work[TaskKind.REPAIR if kind not in self.work else kind]

    @property
    def late_order(self) -> float:
        """Return the price of being late at all; a promise of means counts minutes only."""
        return 0.0 if self.counted is Counting.MEAN else self.planning.late_order

    def rungs(self, ladder: Ladder, key_class: KeyClass | None) -> tuple[Rung, ...]:
        """Return the rungs of a ladder; a class of key customers may begin higher up."""
        rungs: tuple[Rung, ...] = getattr(self.ladders, ladder.value)
        special = None if key_class is None else self.key_customers.get(key_class)
        if ladder is Ladder.ARRIVAL and special is not None and special.first is not None:
            return (special.first, *rungs)
        return rungs

    def weight(self, *, danger: bool, life_support: bool, key_class: KeyClass | None) -> int:
        """Return how much lateness weighs: life safety first, then the heaviest that applies."""
        prices = self.planning
        if danger:
            return prices.weight_danger
        weights = [prices.weight_life_support if life_support else prices.weight_normal]
        if key_class is not None:
            special = self.key_customers.get(key_class)
            own = None if special is None else special.weight
            weights.append(prices.weight_key_customer if own is None else own)
        return max(weights)


class Fault(Value):
    """One thing wrong with a policy file; `code` is stable, `said` is for people."""

    line: int
    key: str
    code: str
    said: str
    params: dict[str, Any] = Field(default_factory=dict)


class PolicyError(ValueError):
    """A policy file cannot be used; the text names every fault with file and line."""

    def __init__(self, source: str, faults: tuple[Fault, ...]) -> None:
        lines = (f"{source}:{f.line}: {f.key}{': ' if f.key else ''}{f.said}" for f in faults)
        super().__init__("\n".join(lines))
        self.faults = faults


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
        said = f"not readable as TOML: {error}"
        fault = Fault(line=line, key="", code="toml", said=said, params={"cause": str(error)})
        raise PolicyError(source, (fault,)) from error
    try:
        policy = Policy.model_validate_json(json.dumps(data, default=str), strict=True)
    except ValidationError as error:
        found_out = tuple(_fault(text, each, data) for each in error.errors())
        raise PolicyError(source, found_out) from error
    missing = [kind.value for kind in TaskKind if kind not in {*policy.work, *MAY_LACK}]
    if missing:
        said = f"no entry for {', '.join(missing)}"
        params = {"names": missing}
        raise PolicyError(
            source, (Fault(line=1, key="work", code="no_entry", said=said, params=params),)
        )
    return policy


_PLAIN = {
    "extra_forbidden": ("unknown_key", "unknown key"),
    "missing": ("missing", "missing"),
    "no_ceiling": ("no_ceiling", "missing: a promised mean needs a ceiling for each case"),
}


def _fault(text: str, fault: Any, data: dict[str, Any]) -> Fault:
    """Say what pydantic found, at the line where it stands."""
    ctx = {key: value for key, value in fault.get("ctx", {}).items() if key != "error"}
    path = tuple(part for part in fault["loc"] if part != "[key]") + tuple(ctx.pop("at", ()))
    kind = fault["type"]
    if kind == "missing" and path[0] == "arrival_min" and "mean" in data:
        kind = "no_ceiling"
    code, said = _PLAIN.get(kind, (kind, fault["msg"]))
    key = ".".join(str(part) for part in path)
    return Fault(line=line_of(text, path), key=key, code=code, said=said, params=ctx)


def line_of(text: str, path: tuple[int | str, ...]) -> int:
    """Return the line where a key stands, or the nearest table around it; else 1."""
    names = [part for part in path if isinstance(part, str)]
    nth = next((part for part in path if isinstance(part, int)), 0)
    while names:
        line = _line_of(text.splitlines(), names, nth)
        if line is not None:
            return line
        names.pop()
    return 1


def _line_of(lines: list[str], names: list[str], nth: int) -> int | None:
    own, parent = ".".join(names), ".".join(names[:-1])
    nearest, table, here, seen = None, "", True, 0
    for number, line in enumerate(lines, start=1):
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
