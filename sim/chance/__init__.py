"""Noise: when faults occur, who calls, how long work and driving take. The world's side alone."""

from random import Random


def stream(seed: int, *names: object) -> Random:
    """Return the stream of chance that belongs to these names under this seed."""
    return Random("/".join(str(part) for part in (seed, *names)))  # noqa: S311 - scenery


def happens(chance: Random, share: float) -> bool:
    """Tell whether something of this share (0 to 1) happens this time."""
    return chance.random() < share
