"""The search's view of a snapshot: whole seconds from its moment, indices instead of names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np

from routing.breaks import Due, begins
from routing.carrying import Stock
from routing.danger import Commitments
from routing.fairness import Loads
from routing.meetings import Partners, others_of, partners_of
from routing.pricing import (
    MAX_HORIZON_S,
    Tariff,
    call_out_price,
    horizon_s,
    seconds_from,
    seconds_until,
    tariff,
    travel_price,
)
from routing.receipt import Plan, Visit
from routing.rules import (
    before_a_break,
    duty_end,
    held_by,
    licence_end,
    standing_reason,
    work_end,
)
from routing.snapshot import Crew, Snapshot, Task
from routing.timetable import Timetable
from routing.tolls import Tolls
from routing.travel import Travel, Whole, place_of

Routes = list[list[int]]
NEVER = -1
PLENTY = 1 << 40  # of a part that nobody counts
FOR_EVER = 1 << 28  # seconds of a drive that nobody makes


@dataclass(frozen=True)
class Problem:
    """Tasks still to place behind what each crew is committed to.

    `latest[crew, task]` is the latest start that finishes inside licence and duty, NEVER where a
    standing rule forbids the pair; `tolls[task, crew]` is what the pair costs at any hour,
    `call_outs[crew]` what its first task costs. `before` holds what must be finished first, `meets`
    what must begin with a task, on other crews. `needs[task, part]` is used up of `carried[crew,
    part]`; a column for each part that any task needs, what a human gave is taken off already.
    `due[crew]` is the break it has not had yet, `past[crew]` by how much it is past its share of
    the work, in seconds.
    """

    tasks: tuple[Task, ...]
    crews: tuple[Crew, ...]
    ready: list[int]
    ends: list[int]
    work: list[int]
    earliest: list[int]
    tariffs: list[Tariff]
    latest: Whole
    between: Whole
    outset: Whole
    tolls: Whole
    before: list[list[int]]
    meets: list[list[int]]
    held: list[int | None]
    travel_price: int
    call_outs: list[int]
    due: list[Due | None]
    past: list[int]
    fair_price: int
    horizon: int
    needs: Whole
    carried: Whole

    @cached_property
    def linked(self) -> frozenset[int]:
        """Return the tasks that wait for others or that others wait for."""
        followers = {task for task, before in enumerate(self.before) if before}
        return frozenset(followers.union(*self.before, *self.meets))

    @cached_property
    def counted(self) -> bool:
        """Tell whether any task needs parts that any crew could run out of."""
        return bool(self.needs.shape[1])

    def carries(self, crew: int, route: Sequence[int]) -> bool:
        """Tell whether a crew has the parts for a route."""
        if not self.counted or not route:
            return True
        used = self.needs[list(route)].sum(axis=0)
        return bool((used <= self.carried[crew]).all())

    def drive(self, crew: int, here: int, task: int) -> int:
        """Return the seconds from a task, or from where the crew starts when `here` is NEVER."""
        return int(self.outset[crew, task] if here == NEVER else self.between[here, task])

    def fair(self, crew: int, route: Sequence[int]) -> int:
        """Return what the work of a route costs past the crew's share."""
        if not self.fair_price:
            return 0
        past, load = self.past[crew], sum(self.work[task] for task in route)
        return self.fair_price * (max(0, past + load) - max(0, past))

    def begins(self, due: Due | None, free: int, drive: int, task: int, floor: int) -> int:
        """Return when a task begins for a crew that is free then, and owes itself this break."""
        if due is None:
            return max(free + drive, floor)
        hurried = before_a_break(self.tasks[task])
        start: int = begins(due, free, drive, floor, self.work[task], hurried=hurried)
        return start


def build(
    snapshot: Snapshot, previous: Plan | None, committed: Commitments, travel: Travel
) -> Problem:
    """Return the problem that is left once frozen and dangerous work is committed."""
    table, crews = Timetable(snapshot, travel), snapshot.crews
    tasks = _open_tasks(snapshot, committed)
    partners, loads = partners_of(snapshot), Loads(snapshot)
    index = {task.id: number for number, task in enumerate(tasks)}
    number_of = {crew.id: number for number, crew in enumerate(crews)}
    outset = [table.free(crew, committed[crew.id]) for crew in crews]
    horizon, places = horizon_s(snapshot), [place_of(task) for task in tasks]
    needs, carried = _parts(tasks, snapshot, committed)
    return Problem(
        tasks=tuple(tasks),
        crews=crews,
        ready=[max(0, seconds_from(snapshot.at, when)) for when, _ in outset],
        ends=[
            min(MAX_HORIZON_S, seconds_until(snapshot.at, duty_end(crew, snapshot.at)))
            for crew in crews
        ],
        work=[task.work_s for task in tasks],
        earliest=_earliest_starts(tasks, snapshot, committed, table, partners),
        tariffs=[tariff(task, snapshot, horizon) for task in tasks],
        latest=_for_other_crews(_latest_starts(tasks, snapshot), tasks, snapshot, committed),
        between=np.minimum(travel.matrix(places, places)[0], FOR_EVER),
        outset=np.minimum(travel.matrix([here for _, here in outset], places)[0], FOR_EVER),
        tolls=Tolls(snapshot, previous).matrix(tasks),
        before=[[index[each] for each in task.after if each in index] for task in tasks],
        meets=[[index[e] for e in partners.get(task.id, ()) if e in index] for task in tasks],
        held=[number_of.get(task.lock.crew or "") if task.lock else None for task in tasks],
        travel_price=travel_price(snapshot),
        call_outs=[0 if committed[crew.id] else call_out_price(crew, snapshot) for crew in crews],
        past=[_past(crew, snapshot, loads, committed) for crew in crews],
        fair_price=loads.price,
        due=[_due(crew, snapshot.at, table.due(crew, committed[crew.id])) for crew in crews],
        horizon=min(MAX_HORIZON_S, horizon),
        needs=needs,
        carried=carried,
    )


def _past(crew: Crew, snapshot: Snapshot, loads: Loads, committed: Commitments) -> int:
    """Return by how much a crew is past its share with what it is committed to."""
    mine = {visit.task for visit in committed[crew.id]} if loads.price else ()
    return loads.past[crew.id] + sum(t.work_s for t in snapshot.tasks if t.id in mine)


def _due(crew: Crew, at: datetime, due: Due | None) -> Due | None:
    """Return a break in whole seconds: begun no sooner and no later than it may be."""
    if due is None or crew.due_break is None:
        return None
    first, last = seconds_from(at, due.earliest), seconds_until(at, due.latest)
    near = min(MAX_HORIZON_S, max(-MAX_HORIZON_S, first))
    return Due(near, min(MAX_HORIZON_S, max(-MAX_HORIZON_S, last)), crew.due_break.length_s)


def _open_tasks(snapshot: Snapshot, committed: Mapping[str, Sequence[Visit]]) -> list[Task]:
    """Return the tasks that are not committed."""
    done = {visit.task for mine in committed.values() for visit in mine}
    return [task for task in snapshot.tasks if task.id not in done]


def _parts(
    tasks: Sequence[Task], snapshot: Snapshot, committed: Commitments
) -> tuple[Whole, Whole]:
    """Return what tasks need and what crews have left for them, part by part.

    What a human gave to a crew is loaded first and asks for nothing more.
    """
    counting = [crew for crew in snapshot.crews if crew.parts is not None]
    names = sorted({name for task in tasks for name in task.parts} if counting else ())
    needs = np.zeros((len(tasks), len(names)), dtype=np.int64)
    carried = np.full((len(snapshot.crews), len(names)), PLENTY, dtype=np.int64)
    if not names:
        return needs, carried
    for row, task in enumerate(tasks):
        if task.lock is None or task.lock.crew is None:
            needs[row] = [task.parts.get(name, 0) for name in names]
    stock = Stock(snapshot)
    for row, crew in enumerate(snapshot.crews):
        taken = stock.taken(crew.id, (visit.task for visit in committed[crew.id]))
        if crew.parts is not None:
            carried[row] = [max(0, crew.parts.get(name, 0) - taken.get(name, 0)) for name in names]
    return needs, carried


def _earliest_starts(
    tasks: Sequence[Task],
    snapshot: Snapshot,
    committed: Commitments,
    table: Timetable,
    partners: Partners,
) -> list[int]:
    """Return when each task may start, as far as committed work is concerned."""
    visits = {visit.task: visit for mine in committed.values() for visit in mine}
    found = []
    for task in tasks:
        ends = [visits[each].finish_at for each in task.after if each in visits]
        begun = [visits[each].start_at for each in partners.get(task.id, ()) if each in visits]
        latest = max([table.earliest(task), *ends, *begun])
        found.append(min(MAX_HORIZON_S, max(0, seconds_from(snapshot.at, latest))))
    return found


def _for_other_crews(
    latest: Whole, tasks: Sequence[Task], snapshot: Snapshot, committed: Commitments
) -> Whole:
    """Return the latest starts without the crews that are committed to the same meeting.

    Of dangers nobody could be sent to at once only the first is for any crew: the others would
    have to be for another one.
    """
    others, partners = others_of(snapshot), partners_of(snapshot)
    rows = {crew.id: row for row, crew in enumerate(snapshot.crews)} if others else {}
    there = {visit.task: crew for crew, mine in committed.items() for visit in mine}
    seen = set[str]()
    for column, task in enumerate(tasks):
        alone = set(others.get(task.id, ())) - set(partners.get(task.id, ()))
        if alone & seen:
            latest[:, column] = NEVER
        seen.add(task.id)
        for each in others.get(task.id, ()):
            crew = there.get(each)
            if crew is not None and not (task.lock and task.lock.crew == crew):
                latest[rows[crew], column] = NEVER
    return latest


def _latest_starts(tasks: Sequence[Task], snapshot: Snapshot) -> Whole:
    """Return the latest start by crew and task; tasks that ask for the same are judged once."""
    asked: dict[tuple[Any, ...], int] = {}
    first: list[Task] = []
    kinds = np.empty(len(tasks), dtype=np.int64)
    for number, task in enumerate(tasks):
        asks = (
            *(task.skills, task.licences, task.kit, task.crew_size, task.needs_leader),
            *(task.needs_safety_officer, task.refused_by, task.lock and task.lock.crew, task.shut),
            task.danger,
            tuple(task.parts.items()),
        )
        kinds[number] = asked.setdefault(asks, len(asked))
        if len(asked) > len(first):
            first.append(task)
    never = -MAX_HORIZON_S
    ends = np.full((len(snapshot.crews), len(first)), never, dtype=np.int64)
    for row, crew in enumerate(snapshot.crews):
        for column, task in enumerate(first):
            end = _end(task, crew, snapshot)
            ends[row, column] = never if end is None else max(never, end)
    begun_by = np.array(
        [seconds_until(snapshot.at, crew.shift_end) for crew in snapshot.crews], dtype=np.int64
    ).reshape(-1, 1)
    limits = ends[:, kinds].reshape(len(snapshot.crews), len(tasks))
    works = np.array([task.work_s for task in tasks], dtype=np.int64)
    latest = np.minimum(np.minimum(begun_by, MAX_HORIZON_S), limits - works)
    return np.where(limits == never, NEVER, np.maximum(latest, NEVER))


def _end(task: Task, crew: Crew, snapshot: Snapshot) -> int | None:
    """Return when this crew must be done with such a task, or None when it may not do it."""
    end = work_end(task, crew, snapshot.at)
    if not held_by(task, crew):
        if standing_reason(task, crew, snapshot.at) is not None:
            return None
        end = min(end, licence_end(task, crew) or end)
    return min(MAX_HORIZON_S, seconds_until(snapshot.at, end))
