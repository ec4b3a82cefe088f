"""What a crew's turn has been so far: its work, the break it is owed, and the rest before it."""

from datetime import datetime, timedelta

from domain.board import CrewOnHand
from domain.planning import Planning
from routing.breaks import Break


def due_break(crew: CrewOnHand, planning: Planning, now: datetime) -> Break | None:
    """Return the break a crew has not had in this turn, or None where it has or gets none.

    Who had nothing to do for as long as a break takes, since it could begin, has had it; who has
    had nothing to do for a while, and has not yet, is owed the rest of it.
    """
    length = timedelta(minutes=planning.break_min)
    first = crew.shift_start + timedelta(hours=planning.break_after_hours)
    last = first + timedelta(hours=planning.break_window_hours)
    if not length or first >= crew.shift_end:
        return None
    free, at_work = first, False
    for spell in sorted(crew.spells, key=lambda each: each.set_out):
        if spell.set_out - free >= length:
            return None
        at_work |= spell.done is None
        free = max(free, spell.done or now)
    left = length if at_work else length - max(now - free, timedelta(0))
    if left <= timedelta(0):
        return None
    return Break(earliest=first, latest=last, length_s=max(1, round(left.total_seconds())))


def rested_at(crew: CrewOnHand, planning: Planning) -> datetime | None:
    """Return when a crew has rested after its last turn, and work it was called out for since.

    None where that is before its turn begins anyway.
    """
    before = [each.done for each in crew.spells if each.done and each.done <= crew.shift_start]
    ends = [*before, *([crew.turn_before] if crew.turn_before else [])]
    if not ends or not planning.turn_rest_hours:
        return None
    rested = max(ends) + timedelta(hours=planning.turn_rest_hours)
    return rested if rested > crew.shift_start else None


def worked_s(crew: CrewOnHand) -> int:
    """Return the seconds a crew worked on site in this turn, what it is at now left out."""
    spans = [
        each.done - max(each.arrived, crew.shift_start)
        for each in crew.spells
        if each.arrived is not None and each.done is not None
    ]
    return round(sum(max(0.0, span.total_seconds()) for span in spans))
