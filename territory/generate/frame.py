"""Metres to degrees and chance by seed: what every part of the invented land stands on."""

import zlib
from dataclasses import dataclass
from math import cos, radians

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
"""Rows of [east, north] in metres from the middle of the land."""

METRES_PER_DEGREE = 111_320.0
LON, LAT = 106.5, 29.5


@dataclass(frozen=True)
class Frame:
    """Where the middle of the invented land lies on the globe."""

    lon: float = LON
    lat: float = LAT

    def degrees(self, places: Array) -> Array:
        """Return [lon, lat] of places in metres, as exact as a map file keeps them."""
        across = METRES_PER_DEGREE * cos(radians(self.lat))
        scale = np.array([across, METRES_PER_DEGREE])
        found: Array = np.round(places / scale + np.array([self.lon, self.lat]), 7)
        return found


def chance(seed: int, topic: str) -> np.random.Generator:
    """Return the dice of one topic, so that a change in one part moves nothing in another."""
    return np.random.default_rng([seed, zlib.crc32(topic.encode())])


def winding(
    start: Array, end: Array, dice: np.random.Generator, bend: float = 0.05, curl_m: float = 0.0
) -> Array:
    """Return a road-like line between two places, a point about every 60 to 120 metres.

    `bend` is a share of the distance; `curl_m` is how far short bends swing out, as in a valley.
    """
    reach = float(np.hypot(*(end - start)))
    count = max(3, int(reach / (60.0 if curl_m else 120.0)))
    along = np.linspace(0.0, 1.0, count)
    aside = np.zeros(count)
    for wave in range(1, 6):
        aside += dice.normal(0.0, bend * reach / wave**1.4) * np.sin(wave * np.pi * along)
    for length in (2_600.0, 1_500.0, 900.0) if curl_m else ():
        waves = max(1, round(2.0 * reach / length))
        swing = curl_m * dice.uniform(0.6, 1.2) * length / 2_600.0
        aside += swing * np.sin(waves * np.pi * along) * np.sin(2.7 * np.pi * along + 0.4)
    normal = np.array([start[1] - end[1], end[0] - start[0]]) / max(reach, 1.0)
    path: Array = start + along[:, None] * (end - start) + aside[:, None] * normal
    path[0], path[-1] = start, end
    return path


def smooth(ring: Array, times: int = 2) -> Array:
    """Cut the corners of a closed ring (the first point repeated last)."""
    for _ in range(times):
        ahead = ring[1:]
        near, far = 0.75 * ring[:-1] + 0.25 * ahead, 0.25 * ring[:-1] + 0.75 * ahead
        ring = np.empty((2 * len(near) + 1, 2))
        ring[0:-1:2], ring[1:-1:2] = near, far
        ring[-1] = ring[0]
    return ring
