"""What crews and callers do that nobody can foresee; each decision has a stream of its own."""

from datetime import timedelta
from math import exp
from random import Random

from domain.callback import Answers
from sim.chance import happens, rates, stream


class Luck:
    """All decisions of crews and of people called back, by seed and name."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def order(self, crew: str, order: str) -> tuple[timedelta, bool]:
        """Return when a crew answers an order, and whether it gives it back."""
        chance = stream(self._seed, "order", crew, order)
        return _minutes(chance, rates.TAKEN_AFTER_MIN), happens(chance, rates.SHARE_REFUSED)

    def leaves_after(self, crew: str, order: str) -> timedelta:
        """Return how long a crew takes to set out."""
        return _minutes(stream(self._seed, "leave", crew, order), rates.LEAVES_AFTER_MIN)

    def drive(self, crew: str, order: str, estimate: timedelta, *, storm: bool) -> timedelta:
        """Return how long a drive really takes, around what the road engine says."""
        chance = stream(self._seed, "drive", crew, order)
        share = rates.DRIVE_MEDIAN * exp(chance.gauss(0, rates.DRIVE_SPREAD))
        return estimate * max(share, rates.DRIVE_AT_LEAST) * (rates.STORM_SLOWER if storm else 1.0)

    def visit(self, crew: str, order: str) -> "Visit":
        """Return what one visit on site will be like."""
        return Visit(stream(self._seed, "visit", crew, order))

    def answer(
        self, report: str, attempt: int, *, lit: bool, on_time: bool
    ) -> tuple[bool, Answers | None]:
        """Return whether somebody picked up, and what they said."""
        chance = stream(self._seed, "callback", report, attempt)
        if happens(chance, rates.SHARE_UNANSWERED):
            return False, None
        if not lit:
            return True, Answers(still_off=True)
        content = rates.SHARE_SATISFIED_ON_TIME if on_time else rates.SHARE_SATISFIED_LATE
        satisfied = happens(chance, content)
        return True, Answers(
            contacted_on_arrival=True, commitment_kept=on_time, satisfied=satisfied
        )


class Visit:
    """What chance brings on one visit; drawn in one order, whatever is asked first."""

    def __init__(self, chance: Random) -> None:
        self.reached = not happens(chance, 0.1)
        self.looks_for = _minutes(chance, rates.LOOKS_FOR_MIN)
        self.safe_after = _minutes(chance, rates.SAFE_AFTER_MIN)
        self.held_for = _minutes(chance, rates.HELD_FOR_MIN)
        self.held = happens(chance, rates.SHARE_HELD)
        self.partly = happens(chance, rates.SHARE_PARTLY)
        self.second_fault = happens(chance, rates.SHARE_SECOND_FAULT)


NOTHING_FOUND = timedelta(minutes=rates.NOTHING_FOUND_MIN)


def _minutes(chance: Random, span: tuple[float, float]) -> timedelta:
    return timedelta(minutes=chance.uniform(*span))
