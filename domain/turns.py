"""Who is on duty when, where nobody says otherwise: crews take turns around the clock."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.crew import Shift

# Local hours at which the three turns begin; they overlap by half an hour for handover. Work begun
# in a turn may run over its end, up to the three hours overtime a day that labour law allows.
TURNS = (0, 8, 16)
TURN_LENGTH = timedelta(hours=8, minutes=30)
MAX_DUTY = timedelta(hours=11)


def shifts_by_turn(
    place: int, zone: ZoneInfo, since: datetime, until: datetime
) -> Iterator[tuple[date, Shift]]:
    """Yield the shift on every local day between two moments of a district's n-th crew."""
    hour = TURNS[place % len(TURNS)]
    day = since.astimezone(zone).date()
    while day <= until.astimezone(zone).date():
        start = datetime.combine(day, time(hour), zone).astimezone(UTC)
        length = int(MAX_DUTY.total_seconds())
        yield day, Shift(starts_at=start, ends_at=start + TURN_LENGTH, max_duty_s=length)
        day += timedelta(days=1)
