"""Whether each crew may do what it was given: skills, licences, people, shift and duty."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from routing.receipt import Fault, Route, Violation, Visit
from routing.snapshot import Crew, Snapshot, Task


def fitness_faults(snapshot: Snapshot, routes: list[Route]) -> Iterator[Violation]:
    """Yield every visit its crew may not make."""
    tasks = {task.id: task for task in snapshot.tasks}
    crews = {crew.id: crew for crew in snapshot.crews}
    for route in routes:
        crew = crews[route.crew]
        for visit in route.visits:
            task = tasks[visit.task]
            faults = [*standing_faults(task, crew), *hour_faults(task, crew, visit, snapshot)]
            kept = is_humans_choice(snapshot, task, crew)
            for fault in faults:
                yield Violation(fault=fault, crew=crew.id, task=task.id, kept=kept)


def is_humans_choice(snapshot: Snapshot, task: Task, crew: Crew) -> bool:
    """Tell whether this crew was given this task by a human or is already on it."""
    if task.lock is not None and task.lock.crew == crew.id:
        return True
    return any(stop.task == task.id for stop in snapshot.frozen.get(crew.id, ()))


def standing_faults(task: Task, crew: Crew) -> Iterator[Fault]:
    """Yield what this crew lacks for this task at any hour."""
    if task.shut:
        yield Fault.AREA_CLOSED
    if any(skill not in crew.skills for skill in task.skills):
        yield Fault.SKILL
    names = [licence.name for licence in crew.licences]
    if any(name not in names for name in task.licences):
        yield Fault.LICENCE
    if any(thing not in crew.kit for thing in task.kit):
        yield Fault.KIT
    if task.crew_size and task.crew_size > crew.size:
        yield Fault.CREW_SIZE
    if task.needs_leader and not crew.has_leader:
        yield Fault.LEADER
    if task.needs_safety_officer and not crew.has_safety_officer:
        yield Fault.SAFETY_OFFICER
    if crew.id in task.refused_by:
        yield Fault.REFUSED


def runs_out(task: Task, crew: Crew, finish: datetime) -> bool:
    """Tell whether a licence the crew holds for this task is over before the work is."""
    for name in task.licences:
        mine = [licence for licence in crew.licences if licence.name == name]
        valid = [each for each in mine if each.expires_at is None or each.expires_at >= finish]
        if mine and not valid:
            return True
    return False


def work_limit(crew: Crew, at: datetime) -> datetime:
    """Return when duty hours are used up, or the end of the shift where they are not counted."""
    if crew.duty_left_s is None:
        return crew.shift_end
    begins = max(at, crew.shift_start)
    return begins + timedelta(seconds=crew.duty_left_s)


def sets_out(crew: Crew, at: datetime) -> datetime:
    """Return when a crew can leave for its first stop at the soonest."""
    leaves = max(at, crew.shift_start)
    for other in (crew.free_at, crew.rested_at):
        leaves = leaves if other is None else max(leaves, other)
    return leaves


def hour_faults(task: Task, crew: Crew, visit: Visit, snapshot: Snapshot) -> Iterator[Fault]:
    """Yield what is over, or not begun, by the time of this visit."""
    if runs_out(task, crew, visit.finish_at):
        yield Fault.LICENCE
    if visit.depart_at < crew.shift_start or visit.start_at > crew.shift_end:
        yield Fault.SHIFT
    if visit.finish_at > work_limit(crew, snapshot.at):
        yield Fault.DUTY
    if crew.rested_at is not None and visit.depart_at < crew.rested_at:
        yield Fault.NOT_RESTED
    kept_from = None if task.danger else crew.reserved_from
    if kept_from is not None and visit.finish_at > kept_from:
        yield Fault.RESERVED
