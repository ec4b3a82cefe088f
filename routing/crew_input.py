"""From a crew on hand to a crew of a snapshot: its shift, its rest and what it is kept for."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from domain.board import CrewOnHand
from domain.planning import Planning
from routing.breaks import Break
from routing.snapshot import Crew, Licence
from routing.turn_so_far import due_break, rested_at, worked_s


@dataclass(frozen=True)
class CrewInput:
    """What must be known of a district to see its crews: policy, moment, and who has work.

    `under_way` are those of the `busy` that drive or work already.
    """

    planning: Planning | None
    now: datetime
    busy: Collection[str]
    under_way: Collection[str]

    def crews(self, on_hand: Iterable[CrewOnHand]) -> tuple[Crew, ...]:
        """Return the crews as the planner sees them, without those nobody may call out."""
        return tuple(self._crew(crew) for crew in on_hand if self._may_go(crew))

    def _may_go(self, crew: CrewOnHand) -> bool:
        if crew.on_call is None or not self._must_be_called(crew):
            return True
        return self.planning is not None and self.planning.recall_price > 0

    def _must_be_called(self, crew: CrewOnHand) -> bool:
        """Tell whether a crew is on call and was not called out yet; who has work was."""
        call = crew.on_call
        return call is not None and call.called_at is None and crew.id not in self.busy

    def _crew(self, crew: CrewOnHand) -> Crew:
        return Crew(
            id=crew.id,
            lon=crew.lon,
            lat=crew.lat,
            position_at=crew.position_at or crew.shift_start,
            skills=crew.skills,
            licences=_licences(tuple(sorted(crew.licences.items()))),
            shift_start=crew.shift_start,
            shift_end=crew.shift_end,
            duty_left_s=_duty_left(crew, self.now),
            size=crew.size,
            has_leader=crew.has_leader,
            has_safety_officer=crew.has_safety_officer,
            home_grid=crew.grid,
            depot=crew.depot,
            kit=crew.kit,
            parts=None if crew.parts is None else dict(crew.parts),
            recall=self._must_be_called(crew),
            free_at=self._free_at(crew),
            rested_at=self._rested_at(crew),
            reserved_from=crew.reserved_from,
            borrowed_from=crew.borrowed_from,
            due_break=self._due_break(crew),
            worked_s=self._worked_s(crew),
        )

    def _free_at(self, crew: CrewOnHand) -> datetime | None:
        """Return when a crew that is or was called out has got ready."""
        call = crew.on_call
        if call is None or self.planning is None or crew.id in self.under_way:
            return None
        return (call.called_at or self.now) + timedelta(minutes=self.planning.recall_delay_min)

    def _worked_s(self, crew: CrewOnHand) -> int:
        """Return what a crew worked in its turn, where that has a price."""
        if self.planning is None or not self.planning.fair_minute or crew.on_call is not None:
            return 0
        return worked_s(crew)

    def _due_break(self, crew: CrewOnHand) -> Break | None:
        """Return the break of a turn; who is on call has none."""
        if self.planning is None or crew.on_call is not None:
            return None
        return due_break(crew, self.planning, self.now)

    def _rested_at(self, crew: CrewOnHand) -> datetime | None:
        call = crew.on_call
        if self.planning is None or crew.id in self.under_way:
            return None
        if call is None:
            return rested_at(crew, self.planning)
        if call.turn_ended is None or not self._must_be_called(crew):
            return None
        return call.turn_ended + timedelta(hours=self.planning.recall_rest_hours)


@lru_cache(maxsize=4096)
def _licences(held: tuple[tuple[str, str], ...]) -> tuple[Licence, ...]:
    return tuple(Licence(name=name, expires_at=_expiry(text)) for name, text in held)


def _expiry(text: str) -> datetime:
    """Return the moment a licence ends: a bare date counts to its last instant, in UTC."""
    if len(text) == len("2026-01-01"):
        last = date.fromisoformat(text)
        if last == date.max:
            return datetime.max.replace(tzinfo=UTC)
        day = last + timedelta(days=1)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    return datetime.fromisoformat(text)


def _duty_left(crew: CrewOnHand, now: datetime) -> int:
    worked = max(now - crew.shift_start, timedelta(0))
    return max(int(crew.max_duty_s - worked.total_seconds()), 0)
