"""What the planner sees: tasks, crews, travel model, prices and search limits at one moment."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from domain.errors import Refused
from domain.kinds import AreaClass, TaskKind
from domain.parts import Count, Counted
from domain.value import Value, canonical_json, digest_of
from routing.breaks import Break
from routing.forerunners import layers, peeled
from routing.moments import Moment, Told
from routing.prices import NewSeconds, Prices, Seconds
from routing.travel_model import TravelModel

UNCOUNTED = 1_000_000_000

Id = Annotated[str, Field(min_length=1, max_length=200)]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
NewMoment = Annotated[Told | None, Field(default=None, exclude_if=lambda given: given is None)]
Parts = Annotated[dict[str, Counted], Field(exclude_if=lambda given: not given)]
Kit = Annotated[tuple[str, ...], Field(exclude_if=lambda given: not given)]


class LockKind(StrEnum):
    """What a dispatcher has fixed about a task."""

    CREW = "crew"
    TIME = "time"
    BOTH = "both"
    RANGE = "range"


class Lock(Value):
    """A human's choice the planner keeps: who goes, when work starts, or both.

    `time` and `both` fix the start of work to `start`; `range` asks for a start in
    [`start`, `end`] and may name a crew too.
    """

    kind: LockKind
    crew: Id | None = None
    start: Told | None = None
    end: Told | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.kind in (LockKind.CREW, LockKind.BOTH) and self.crew is None:
            raise PydanticCustomError("lock_crew", "a lock of this kind names a crew")
        if self.kind in (LockKind.TIME, LockKind.BOTH, LockKind.RANGE) and self.start is None:
            raise PydanticCustomError("lock_start", "a lock of this kind gives a start")
        if self.kind is LockKind.RANGE and (
            self.end is None or self.start is None or self.end < self.start
        ):
            raise PydanticCustomError("lock_end", "a range ends at or after its start")
        return self

    @property
    def latest(self) -> datetime | None:
        """Return the latest start of work the lock allows."""
        return self.end if self.kind is LockKind.RANGE else self.start


class Task(Value):
    """One piece of field work still owed.

    `deadline` is the arrival promise; without one the task is only wanted soon. An id in `after`
    that is not in the snapshot is taken as finished. `shut` lies where nobody is sent, for nobody
    knows how long; where that is known, work begins `not_before`. Tasks of one `meeting` are for
    different crews, which begin together. `parts` are used up: so many of each name.
    """

    id: Id
    outage_id: Id
    kind: TaskKind
    lon: Lon
    lat: Lat
    area_class: AreaClass
    released_at: Told
    deadline: Told | None = None
    weight: float = Field(default=1.0, gt=0, le=1000, allow_inf_nan=False)
    danger: bool = False
    skills: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    crew_size: int | None = Field(default=None, ge=1, le=100)
    work_s: Seconds = 3600
    customers: int = Field(default=1, ge=0, le=100_000_000)
    after: tuple[Id, ...] = ()
    lock: Lock | None = None
    needs_leader: bool = False
    needs_safety_officer: bool = False
    refused_by: tuple[Id, ...] = ()
    grid: str | None = None
    shut: bool = Field(default=False, exclude_if=lambda given: not given)
    not_before: NewMoment = None
    kit: Kit = ()
    parts: Parts = Field(default_factory=dict)
    meeting: Id | None = Field(default=None, exclude_if=lambda given: given is None)


class Licence(Value):
    """A permit a crew holds; without an end it does not run out."""

    name: str = Field(min_length=1)
    expires_at: Moment | None = None


class Crew(Value):
    """A crew and what it may do.

    `lon, lat` is where it was at `position_at`, or where its commitment outside this snapshot ends;
    it can drive to the first stop from `free_at`. Work begins within the shift and is finished
    within the duty left, which counts from the later of the snapshot's moment and the start of the
    shift. Where it is off shift and would have to be called out it is a `recall`, and it does not
    set out before it is rested. From `reserved_from` on it is kept for something else: ordinary
    work is finished by then. `borrowed_from` names the district that lends it. `worked_s` is what
    it worked in this shift, `due_break` the break it has not had. Without `parts` nobody counts
    what it carries, and it lacks none.
    """

    id: Id
    lon: Lon
    lat: Lat
    position_at: Told
    free_at: Told | None = None
    skills: tuple[str, ...] = ()
    licences: tuple[Licence, ...] = ()
    shift_start: Told
    shift_end: Told
    duty_left_s: Seconds | None = None
    size: int = Field(default=2, ge=1, le=100)
    has_leader: bool = True
    has_safety_officer: bool = False
    home_grid: str | None = None
    depot: str | None = None
    kit: Kit = ()
    parts: dict[str, Count] | None = Field(default=None, exclude_if=lambda given: given is None)
    recall: bool = Field(default=False, exclude_if=lambda given: not given)
    rested_at: NewMoment = None
    reserved_from: NewMoment = None
    borrowed_from: Id | None = Field(default=None, exclude_if=lambda given: given is None)
    worked_s: NewSeconds = 0
    due_break: Break | None = Field(default=None, exclude_if=lambda given: given is None)

    @model_validator(mode="after")
    def _shift_has_a_length(self) -> Self:
        if self.shift_end < self.shift_start:
            raise PydanticCustomError("shift_end", "shift_end lies before shift_start")
        return self


class FrozenStop(Value):
    """A task a crew is on its way to or working on: it stays first, in this order.

    With `arrived_at` the crew is on site; `finish_at` is when it expects to be done. A crew on its
    way may be turned around where the stop is `turnable`: by danger, or for a gain above the price.
    """

    task: Id
    arrived_at: Told | None = None
    finish_at: Told | None = None
    turnable: bool = Field(default=False, exclude_if=lambda given: not given)

    @model_validator(mode="after")
    def _who_is_there_stays(self) -> Self:
        if self.turnable and self.arrived_at is not None:
            raise PydanticCustomError("turnable", "a crew on site is not turned around")
        return self


class Stop(Value):
    """When the search ends: a count for repeatable plans, seconds as a safety cap.

    The count is of plans looked at; one of OR-Tools counts for a hundred, as it takes as long.
    With `UNCOUNTED` only the seconds end the search, and it cools by the clock.
    """

    solutions: int = Field(default=1_000_000, ge=1, le=UNCOUNTED)
    wall_s: float = Field(default=30.0, gt=0, le=3600, allow_inf_nan=False)


class Snapshot(Value):
    """Everything one plan is made from; the same snapshot and count give the same plan."""

    at: Told
    district: Id
    tasks: tuple[Task, ...] = ()
    crews: tuple[Crew, ...] = ()
    frozen: dict[Id, tuple[FrozenStop, ...]] = Field(default_factory=dict)
    travel: TravelModel = TravelModel()
    prices: Prices = Prices()
    stop: Stop = Stop()

    def canonical(self) -> str:
        """Return the one JSON text of this snapshot, without newer fields that say nothing."""
        told = self.model_dump(mode="json") | {"travel": self.travel.lean()}
        if not self.prices.late_order:
            del told["prices"]["late_order"]
        return canonical_json(told)

    def digest(self) -> str:
        """Return the sha256 of the canonical text, taken once: every part of a plan names it."""
        return self._digest

    @cached_property
    def _digest(self) -> str:
        return digest_of(self.canonical())

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy that takes its own digest."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("_digest", None)
        return copied

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        for pointer, problem in _faults(self):
            raise PydanticCustomError(
                "snapshot", "{pointer}: {problem}", {"pointer": pointer, "problem": problem}
            )
        return self


def _faults(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Yield where the parts of a snapshot contradict each other."""
    tasks, crews = {task.id for task in snapshot.tasks}, {crew.id for crew in snapshot.crews}
    named = ("tasks", [t.id for t in snapshot.tasks]), ("crews", [c.id for c in snapshot.crews])
    for name, ids in named:
        counts = Counter(ids)
        for index, each in enumerate(ids):
            if counts[each] > 1:
                yield f"/{name}/{index}/id", f"{each} is there twice"
    seen: set[str] = set()
    for crew, stops in snapshot.frozen.items():
        if crew not in crews:
            yield f"/frozen/{crew}", "no such crew"
        for index, stop in enumerate(stops):
            if stop.task not in tasks or stop.task in seen:
                problem = "no such task" if stop.task not in tasks else "frozen twice"
                yield f"/frozen/{crew}/{index}/task", f"{stop.task}: {problem}"
            seen.add(stop.task)
    yield from _circles(snapshot)


def _circles(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Yield the first task that waits, directly or not, for itself."""
    free = {task for layer in layers(snapshot.tasks) for task in layer}
    for index, each in enumerate(snapshot.tasks):
        if each.id not in free:
            yield f"/tasks/{index}/after", f"{each.id} waits for itself"
            return
    if any(task.meeting for task in snapshot.tasks):
        yield from _meetings_in_turn(snapshot)


def _meetings_in_turn(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Yield the first task that waits, directly or not, for what it begins together with."""
    name = {task.id: (task.meeting is not None, task.meeting or task.id) for task in snapshot.tasks}
    waiting: dict[tuple[bool, str], set[tuple[bool, str]]] = {each: set() for each in name.values()}
    for task in snapshot.tasks:
        waiting[name[task.id]] |= {name[each] for each in task.after if each in name}
    free = {each for layer in peeled(waiting) for each in layer}
    for index, task in enumerate(snapshot.tasks):
        if task.meeting is not None and name[task.id] not in free:
            yield f"/tasks/{index}/meeting", f"{task.id} waits for what it begins together with"
            return


def read_snapshot(data: str | bytes | dict[str, Any]) -> Snapshot:
    """Read a snapshot from JSON text or plain data.

    Raises Refused `snapshot_invalid` with the JSON pointer of the first field at fault and all
    problems in `problems`.
    """
    try:
        if isinstance(data, dict):
            return Snapshot.model_validate(data)
        return Snapshot.model_validate_json(data)
    except ValidationError as error:
        problems = [_problem(dict(each)) for each in error.errors(include_url=False)]
        raise Refused(
            "snapshot_invalid", pointer=problems[0][0], problems=[list(each) for each in problems]
        ) from error


def _problem(error: dict[str, Any]) -> tuple[str, str]:
    context = error.get("ctx", {})
    if "pointer" in context:
        return str(context["pointer"]), str(context["problem"])
    return "".join(f"/{part}" for part in error["loc"]), str(error["msg"])
