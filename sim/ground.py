"""The ground of a rehearsal: homes on their transformers, and crews at their depots."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from math import cos, radians
from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from domain.kinds import AreaClass, KeyClass

METRES_PER_DEGREE = 111_320.0
Spot = tuple[float, float]


class Home(NamedTuple):
    """Where somebody is supplied, and who they are to us."""

    at: Spot
    transformer: str
    area_class: AreaClass
    life_support: bool = False
    key_class: KeyClass | None = None


class Transformer(NamedTuple):
    """A transformer on its section."""

    id: str
    section: str
    at: Spot


class Team(NamedTuple):
    """A crew as its papers say; `turn` is its place in the turning of shifts."""

    id: str
    turn: int
    depot: str
    at: Spot
    skills: tuple[str, ...]
    licences: tuple[tuple[str, str], ...]
    size: int = 3
    has_leader: bool = True
    has_safety_officer: bool = True
    kit: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ground:
    """A district with everything a rehearsal needs of it."""

    district: str
    time_zone: str
    homes: tuple[Home, ...] = field(repr=False)
    transformers: tuple[Transformer, ...] = field(repr=False)
    teams: tuple[Team, ...] = field(repr=False)

    @cached_property
    def transformer(self) -> dict[str, Transformer]:
        """Return the transformers by their ids."""
        return {each.id: each for each in self.transformers}

    @cached_property
    def behind(self) -> dict[str, tuple[int, ...]]:
        """Return which homes hang on each transformer."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, home in enumerate(self.homes):
            found[home.transformer].append(number)
        return {name: tuple(homes) for name, homes in found.items()}

    @cached_property
    def along(self) -> dict[str, tuple[int, ...]]:
        """Return which homes hang on each section."""
        found: dict[str, list[int]] = defaultdict(list)
        for each in self.transformers:
            found[each.section].extend(self.behind.get(each.id, ()))
        return {name: tuple(homes) for name, homes in found.items()}

    def near(self, at: Spot, metres: float) -> str | None:
        """Return the nearest transformer within so many metres of a place."""
        away, which = self._tree.query(self._plane(np.array([at])))
        return self.transformers[int(which[0])].id if away[0] <= metres else None

    def nearest_home(self, at: Spot) -> Home:
        """Return the home nearest to a place: what its area class is."""
        _, which = self._homes_tree.query(self._plane(np.array([at])))
        return self.homes[int(which[0])]

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(self._plane(np.array([each.at for each in self.transformers])))

    @cached_property
    def _homes_tree(self) -> cKDTree:
        return cKDTree(self._plane(np.array([each.at for each in self.homes])))

    def _plane(self, spots: np.ndarray) -> np.ndarray:
        """Return places in metres, on a plane that fits this district."""
        wide = METRES_PER_DEGREE * cos(radians(self.homes[0].at[1]))
        return spots * np.array([wide, METRES_PER_DEGREE])


def plainly_apart(one: Spot, other: Spot, metres: float) -> bool:
    """Tell whether two places are farther apart than this, a tenth allowed for the plane."""
    north = (one[1] - other[1]) * METRES_PER_DEGREE
    east = (one[0] - other[0]) * METRES_PER_DEGREE * cos(radians(one[1]))
    return north * north + east * east > (1.1 * metres) ** 2
