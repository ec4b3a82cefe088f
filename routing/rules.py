"""The rules a crew must meet for a task: those that never change, and those of the clock."""

from datetime import datetime, timedelta

from routing.carrying import short_of
from routing.receipt import Code, CrewReason
from routing.snapshot import Crew, Snapshot, Task


def held_by(task: Task, crew: Crew) -> bool:
    """Tell whether a human has given this task to this crew."""
    return task.lock is not None and task.lock.crew == crew.id


def standing_reason(task: Task, crew: Crew, at: datetime) -> CrewReason | None:
    """Return the first rule this crew fails for this task at any hour, or None."""
    if task.shut or crew.shift_end <= at or crew.duty_left_s == 0:
        return CrewReason(crew=crew.id, code=Code.AREA_CLOSED if task.shut else Code.NO_SHIFT)
    if crew.rested_at is not None and crew.rested_at >= crew.shift_end:
        return CrewReason(crew=crew.id, code=Code.NOT_RESTED)
    if is_reserved(crew, at) and not task.danger:
        return CrewReason(crew=crew.id, code=Code.RESERVED)
    if task.lock is not None and task.lock.crew not in (None, crew.id):
        return CrewReason(
            crew=crew.id, code=Code.LOCKED_ELSEWHERE, params={"locked_to": str(task.lock.crew)}
        )
    if crew.id in task.refused_by:
        return CrewReason(crew=crew.id, code=Code.REFUSED)
    return _lack(task, crew) or _people_reason(task, crew)


def _lack(task: Task, crew: Crew) -> CrewReason | None:
    """Return what the crew cannot do, may not do, or has not with it."""
    held = {licence.name for licence in crew.licences}
    for code, wanted, has in (
        (Code.SKILL, task.skills, crew.skills),
        (Code.LICENCE, task.licences, held),
        (Code.KIT, task.kit, crew.kit),
    ):
        if missing := sorted(set(wanted) - set(has)):
            return CrewReason(crew=crew.id, code=code, params={"missing": missing[0]})
    return short_of(task, crew)


def _people_reason(task: Task, crew: Crew) -> CrewReason | None:
    if task.crew_size is not None and crew.size < task.crew_size:
        needed: dict[str, str | int | float] = {"needed": task.crew_size, "size": crew.size}
        return CrewReason(crew=crew.id, code=Code.CREW_SIZE, params=needed)
    if task.needs_leader and not crew.has_leader:
        return CrewReason(crew=crew.id, code=Code.LEADER)
    if task.needs_safety_officer and not crew.has_safety_officer:
        return CrewReason(crew=crew.id, code=Code.SAFETY_OFFICER)
    return None


def duty_end(crew: Crew, at: datetime) -> datetime:
    """Return when the crew's work must be finished.

    Work begun within the shift may run over its end, as long as duty hours last: else nobody
    could be sent in the last hour of a shift. Where duty hours are not counted the shift is all.
    """
    if crew.duty_left_s is None:
        return crew.shift_end
    return max(at, crew.shift_start) + timedelta(seconds=crew.duty_left_s)


def is_reserved(crew: Crew, at: datetime) -> bool:
    """Tell whether a crew is kept for something else now; only danger may still take it."""
    return crew.reserved_from is not None and crew.reserved_from <= at


def is_last_resort(crew: Crew, at: datetime) -> bool:
    """Tell whether a crew goes to danger only where no other comes in time."""
    return crew.recall or is_reserved(crew, at)


def work_end(task: Task, crew: Crew, at: datetime) -> datetime:
    """Return when this task must be finished by this crew, as far as its day goes."""
    end = duty_end(crew, at)
    return end if task.danger or crew.reserved_from is None else min(end, crew.reserved_from)


def licence_end(task: Task, crew: Crew) -> datetime | None:
    """Return when the first licence this task needs runs out for this crew, if one does.

    Of two licences of one name the longer counts.
    """
    ends: list[datetime] = []
    for name in task.licences:
        mine = [licence.expires_at for licence in crew.licences if licence.name == name]
        if mine and None not in mine:
            ends.append(max(end for end in mine if end is not None))
    return min(ends, default=None)


def clock_reason(
    task: Task, crew: Crew, start: datetime, finish: datetime, at: datetime
) -> CrewReason | None:
    """Return the rule broken by beginning and finishing at these moments, or None."""
    ends = licence_end(task, crew)
    if ends is not None and finish > ends:
        return CrewReason(
            crew=crew.id, code=Code.LICENCE_EXPIRED, params={"expires_at": ends.isoformat()}
        )
    if start > crew.shift_end:
        over = round((start - crew.shift_end).total_seconds())
        return CrewReason(crew=crew.id, code=Code.SHIFT_END, params={"over_s": over})
    if finish > (end := duty_end(crew, at)):
        over = round((finish - end).total_seconds())
        return CrewReason(crew=crew.id, code=Code.DUTY_HOURS, params={"over_s": over})
    if finish > work_end(task, crew, at):
        return CrewReason(crew=crew.id, code=Code.RESERVED)
    return None


def late_by_break(
    task: Task, crew: Crew, start: datetime, at: datetime, spared: timedelta
) -> CrewReason | None:
    """Return the rule of the clock broken by beginning then, or the break that alone breaks it.

    Without its break the crew would begin as much sooner as is `spared`.
    """
    work = timedelta(seconds=task.work_s)
    reason = clock_reason(task, crew, start, start + work, at)
    if reason is None or not spared:
        return reason
    sooner = start - spared
    if clock_reason(task, crew, sooner, sooner + work, at) is not None:
        return reason
    length = 0 if crew.due_break is None else crew.due_break.length_s
    return CrewReason(crew=crew.id, code=Code.BREAK, params={"minutes": length // 60})


def before_a_break(task: Task) -> bool:
    """Tell whether a break waits for this task: for danger, and for an hour a human fixed."""
    return task.danger or (task.lock is not None and task.lock.latest is not None)


def crew_ready(crew: Crew, snapshot: Snapshot) -> datetime:
    """Return the first moment the crew can drive to a stop that is not frozen."""
    moments = crew.free_at, crew.rested_at
    return max(snapshot.at, crew.shift_start, *(each for each in moments if each))
