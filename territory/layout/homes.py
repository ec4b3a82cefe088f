"""Where people are supplied: the buildings of a land, or its streets where it has no buildings."""

from dataclasses import dataclass

import numpy as np
import shapely

from territory.land import Land
from territory.layout.plane import Array, Plane, Whole
from territory.layout.web import Web

SHED_M2 = 35.0
"""Below this a building is a shed or a garage without a supply of its own."""
AREA_OF_ONE_M2 = 160.0
MOST_IN_ONE = 60
MOST_FLOORS = 30
EMPTY = frozenset({"garage", "garages", "shed", "roof", "carport", "ruins", "greenhouse", "hut"})
"""Uses of buildings that have no supply of their own."""
WITHOUT_BUILDINGS_M = 28.0


@dataclass(frozen=True)
class Buildings:
    """Places in metres, how many are supplied in each, and how large each is."""

    at: Array
    supplied: Whole
    area_m2: Array


def buildings_of(land: Land, plane: Plane, web: Web, least: int) -> Buildings:
    """Return the buildings of a land with at least so many supplied in all of them together."""
    outer, flats = [], []
    for surface in land.surfaces:
        if surface.kind == "building" and surface.polygons and surface.use not in EMPTY:
            outer.append(surface.polygons[0][0])
            floors = 1 if surface.use == "house" else min(surface.levels or 1, MOST_FLOORS)
            flats.append((surface.flats or 0, floors))
    if len(outer) < len(web.at) // 100:
        return _along_streets(web, least)
    owner = np.repeat(np.arange(len(outer)), [len(ring) for ring in outer])
    corners = plane.metres(np.concatenate([np.asarray(ring) for ring in outer]))
    shapes = shapely.polygons(shapely.linearrings(corners, indices=owner))
    area = shapely.area(shapes)
    known, floors = np.array(flats).T
    large = (area >= SHED_M2) | (known > 0)
    weight = np.where(known > 0, known, area * floors / AREA_OF_ONE_M2)[large]
    at = shapely.get_coordinates(shapely.centroid(shapes[large]))
    return Buildings(at, _share(weight, least), area[large])


def _along_streets(web: Web, least: int) -> Buildings:
    """Return a house on alternating sides of the streets, for a land without buildings."""
    count = len(web.at)
    side = np.where(np.arange(count) % 2 == 0, 1.0, -1.0)[:, None]
    at = web.at + side * np.array([WITHOUT_BUILDINGS_M / 2, WITHOUT_BUILDINGS_M / 2])
    return Buildings(at, _share(np.ones(count), least), np.full(count, AREA_OF_ONE_M2))


def _share(weight: Array, least: int) -> Whole:
    """Return how many are supplied in each building, by its weight."""
    supplied = np.clip(np.floor(weight), 1, MOST_IN_ONE)
    if 0 < supplied.sum() < least:
        supplied = np.clip(np.ceil(supplied * least / supplied.sum()), 1, None)
    return supplied.astype(np.int64)


@dataclass(frozen=True)
class Homes:
    """Every place of supply: its building, its number in it, its place, its node of the web."""

    building: Whole
    number: Whole
    at: Array
    node: Whole


def homes_in(buildings: Buildings, web: Web, dice: np.random.Generator) -> Homes:
    """Return the homes of all buildings; those of one building stand within a few metres."""
    building = np.repeat(np.arange(len(buildings.at)), buildings.supplied)
    number = np.arange(len(building)) - np.repeat(
        np.cumsum(buildings.supplied) - buildings.supplied, buildings.supplied
    )
    spread = np.where(buildings.supplied[building] > 1, 4.0, 0.0)[:, None]
    at = buildings.at[building] + spread * dice.uniform(-1.0, 1.0, (len(building), 2))
    return Homes(building, number + 1, at, web.nearest(buildings.at)[building])
