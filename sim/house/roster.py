"""Who is on duty and where each crew last was, as far as the desk was told."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from domain.board import SOON, CrewOnHand
from domain.crew import Shift
from domain.turns import TURNS, shifts_by_turn
from sim.ground import Spot, Team


class Roster:
    """The crews of a district with their turns; `place` tells where one was last heard of."""

    def __init__(
        self, teams: Collection[Team], zone: str, place: Callable[[str, datetime], Spot]
    ) -> None:
        self.teams = {team.id: team for team in teams}
        self._zone, self._place = ZoneInfo(zone), place
        self._days = cache(self._shifts_around)

    def on_hand(self, now: datetime, out: Collection[str]) -> list[CrewOnHand]:
        """List the crews that may be planned: on shift, soon on shift, or still out on work."""
        found = []
        shifts: dict[tuple[int, bool], Shift | None] = {}
        for crew, team in self.teams.items():
            key = (team.turn % len(TURNS), crew in out)
            if key not in shifts:
                shifts[key] = self._shift(*key, now)
            shift = shifts[key]
            if shift is None:
                continue
            lon, lat = self._place(crew, now)
            found.append(
                CrewOnHand(
                    id=crew, lon=lon, lat=lat, position_at=now, skills=team.skills,
                    licences=dict(team.licences), shift_start=shift.starts_at,
                    shift_end=shift.ends_at, max_duty_s=shift.max_duty_s, size=team.size,
                    has_leader=team.has_leader, has_safety_officer=team.has_safety_officer,
                    grid=None, depot=team.depot, kit=team.kit,
                )
            )  # fmt: skip
        return found

    def _shift(self, turn: int, out: bool, now: datetime) -> Shift | None:
        """Return the shift of a turn that is on or soon will be; `out` is who is still at work."""
        near = [
            shift
            for shift in self._days(turn, now.astimezone(self._zone).toordinal())
            if shift.starts_at <= now + SOON and (out or shift.ends_at > now)
        ]
        return min(
            near, key=lambda each: (each.ends_at <= now, abs(each.starts_at - now)), default=None
        )

    def _shifts_around(self, turn: int, day: int) -> tuple[Shift, ...]:
        noon = datetime.fromordinal(day).replace(tzinfo=self._zone) + timedelta(hours=12)
        span = timedelta(days=1)
        return tuple(
            shift for _, shift in shifts_by_turn(turn, self._zone, noon - span, noon + span)
        )
