"""Centres of gravity: where substations, depots and service grids belong."""

import numpy as np

from territory.layout.plane import Array

ROUNDS = 25
SAMPLE = 6_000


def centres_of(places: Array, count: int, dice: np.random.Generator) -> Array:
    """Return so many centres of some places, each in the middle of those it is nearest to."""
    if len(places) > SAMPLE:
        places = places[dice.choice(len(places), SAMPLE, replace=False)]
    centres = places[[int(dice.integers(len(places)))]]
    while len(centres) < count:
        # Far places first, by chance: the usual seeding of k-means.
        far = _squares(places, centres).min(axis=1)
        weight = far / far.sum() if far.sum() > 0 else np.full(len(far), 1 / len(far))
        centres = np.vstack([centres, places[dice.choice(len(places), p=weight)]])
    for _ in range(ROUNDS):
        nearest = _squares(places, centres).argmin(axis=1)
        for one in range(count):
            if (nearest == one).any():
                centres[one] = places[nearest == one].mean(axis=0)
    order = np.lexsort((centres[:, 1], centres[:, 0]))
    found: Array = centres[order]
    return found


def _squares(places: Array, centres: Array) -> Array:
    found: Array = ((places[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    return found
