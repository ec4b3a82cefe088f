"""What every road engine answers: tables and drives between places, in whole numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from routing.travel import Place, Real, Whole

NO_WAY = -1
"""Milliseconds and decimetres of a pair without a way between."""


@dataclass(frozen=True)
class Table:
    """Milliseconds and decimetres of pairs, and how many metres each place is off the road."""

    ms: Whole
    dm: Whole
    off_origins: Real
    off_targets: Real


class Drive(NamedTuple):
    """One way to drive; the path is (lon, lat) in degrees and begins and ends on the road."""

    ms: int
    dm: int
    path: tuple[tuple[float, float], ...]


class Engine(Protocol):
    """Roads that can be asked; the same data and conditions always answer the same."""

    @property
    def name(self) -> str:
        """Name the kind of engine."""

    @property
    def version(self) -> str:
        """Name the engine, its data and its program."""

    @property
    def exact(self) -> bool:
        """Tell whether a pair of a large table is, to the last digit, the pair asked alone."""

    def table(self, origins: Sequence[Place], targets: Sequence[Place]) -> Table:
        """Return every pair of origins and targets."""

    def drive(self, origin: Place, target: Place) -> Drive | None:
        """Return the quickest way, or nothing where there is none."""


def as_whole(numbers: NDArray[np.float64], scale: float) -> Whole:
    """Return scaled whole numbers; what is no number becomes NO_WAY."""
    known = np.nan_to_num(numbers * scale, nan=NO_WAY, posinf=NO_WAY)
    return np.asarray(np.rint(known), dtype=np.int64)
