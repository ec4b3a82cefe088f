"""Hills and where the woods grow: one number between plain and summit for every place."""

from dataclasses import dataclass

import numpy as np

from territory.generate.draft import Box
from territory.generate.frame import Array, chance

MOUNTAINS = ((-0.85, 0.8, 0.5, 1.1), (0.95, -0.9, 0.42, 0.9))
"""East, north and width in shares of the land, and height, of each range."""


@dataclass(frozen=True)
class Waves:
    """Gentle, irregular ups and downs: sines of many lengths and directions."""

    turns: Array
    phases: Array
    heights: Array

    def at(self, places: Array) -> Array:
        """Return the height at places."""
        found: Array = np.sin(places @ self.turns.T + self.phases) @ self.heights
        return found


def waves(dice: np.random.Generator, longest: float, shortest: float, height: float) -> Waves:
    """Return waves between two lengths; the longer are the higher."""
    lengths = np.repeat(np.geomspace(longest, shortest, 7), 2)
    angles = dice.uniform(0.0, 2.0 * np.pi, len(lengths))
    turns = (2.0 * np.pi / lengths)[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    phases = dice.uniform(0.0, 2.0 * np.pi, len(lengths))
    return Waves(turns, phases, height * np.linspace(1.0, 0.4, len(lengths)))


@dataclass(frozen=True)
class Terrain:
    """Two ranges of mountains, north-west and south-east, and rolling ground between."""

    box: Box
    rolling: Waves

    def height(self, places: Array) -> Array:
        """Return how high places lie: 0 is the plain, from about 0.5 on it is mountain."""
        shares = places / np.array(self.box)
        ranges = np.zeros(len(places))
        for east, north, wide, tall in MOUNTAINS:
            away = np.hypot(shares[:, 0] - east, shares[:, 1] - north)
            ranges += tall * np.exp(-((away / wide) ** 2))
        found: Array = ranges + 0.2 + self.rolling.at(places)
        return found


def raise_hills(seed: int, box: Box) -> Terrain:
    """Return the hills of a seed."""
    return Terrain(box, waves(chance(seed, "hills"), min(box) * 0.8, 1_300.0, 0.1))
