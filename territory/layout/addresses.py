"""Addresses: the nearest named street, a number along it, and the place it lies in."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import cKDTree

from territory.land import Land, Names, Settlement
from territory.layout.plane import Array, Plane

STREET_WITHIN_M = 350.0
# A city reaches farther than a hamlet: its distance counts for less.
REACH = {"city": 0.2, "town": 0.45, "village": 1.0, "hamlet": 1.3, "suburb": 0.8}


@dataclass(frozen=True)
class Address:
    """Where a building stands, in both languages; `place` alone names the settlement."""

    en: str
    zh: str
    place: tuple[str, str]

    def of(self, number: int, among: int) -> tuple[str, str]:
        """Return the address of one of the homes of the building, in English and Chinese."""
        if among == 1:
            return self.en, self.zh
        return f"Flat {number}, {self.en}", f"{self.zh}{number}室"


def both(names: Names, otherwise: tuple[str, str]) -> tuple[str, str]:
    """Return an English and a Chinese name: where one is unknown, what stands on the signs."""
    own = names.local or names.en or names.zh
    if own is None:
        return otherwise
    return names.en or own, names.zh or own


def addresses_of(at: Array, land: Land, plane: Plane, district: tuple[str, str]) -> list[Address]:
    """Return the address of every building; no two are the same."""
    places = _places(at, land, plane, district)
    streets = _streets(at, land, plane)
    rows: dict[tuple[tuple[str, str], tuple[str, str] | None], list[int]] = defaultdict(list)
    for building, key in enumerate(zip(places, streets, strict=True)):
        rows[key].append(building)
    found: dict[int, Address] = {}
    for (place, street), members in rows.items():
        for number, building in enumerate(_in_a_row(members, at), 1):
            found[building] = _written(number, street, place)
    return [found[building] for building in range(len(at))]


def _written(number: int, street: tuple[str, str] | None, place: tuple[str, str]) -> Address:
    if street is None:
        return Address(f"{number} {place[0]}", f"{place[1]}{number}号", place)
    return Address(f"{number} {street[0]}, {place[0]}", f"{place[1]}{street[1]}{number}号", place)


def _in_a_row(members: list[int], at: Array) -> list[int]:
    """Return buildings in the order in which one passes them along their street."""
    spots = at[members] - at[members].mean(axis=0)
    ahead = np.linalg.eigh(spots.T @ spots)[1][:, -1]
    # Eigenvectors have no sign of their own: numbers rise eastward, else northward.
    if (ahead[0], ahead[1]) < (0.0, 0.0):
        ahead = -ahead
    along = np.round(spots @ ahead, 3)
    return [members[n] for n in np.lexsort((members, along)).tolist()]


def _places(
    at: Array, land: Land, plane: Plane, district: tuple[str, str]
) -> list[tuple[str, str]]:
    found = [district] * len(at)
    best = np.full(len(at), np.inf)
    named: list[Settlement] = [each for each in land.settlements if any(each.names)]
    for kind, weight in REACH.items():
        those = [each for each in named if each.kind == kind]
        if not those:
            continue
        tree = cKDTree(plane.metres([each.at for each in those]))
        far, which = tree.query(at)
        for building in np.flatnonzero(far * weight < best).tolist():
            found[building] = both(those[int(which[building])].names, district)
        best = np.minimum(best, far * weight)
    return found


def _streets(at: Array, land: Land, plane: Plane) -> list[tuple[str, str] | None]:
    named = [each for each in land.streets if any(each.names) and len(each.path) > 1]
    found: list[tuple[str, str] | None] = [None] * len(at)
    if not named:
        return found
    owner = np.repeat(np.arange(len(named)), [len(each.path) for each in named])
    corners = plane.metres(np.concatenate([np.asarray(each.path) for each in named]))
    tree = shapely.STRtree(shapely.linestrings(corners, indices=owner))
    which, street = tree.query_nearest(
        shapely.points(at), max_distance=STREET_WITHIN_M, all_matches=False
    )
    for building, number in zip(which.tolist(), street.tolist(), strict=True):
        found[building] = both(named[number].names, ("", ""))
    return found
