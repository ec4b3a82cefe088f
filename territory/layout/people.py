"""The people: who is supplied where, and who repairs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from territory.layout.addresses import Address
from territory.layout.homes import Buildings, Homes
from territory.layout.names import CREWS, FAMILY, GIVEN, IMPORTANT
from territory.layout.plane import Plane, Whole
from territory.network import Crew, CrewMember, Customer, KeyClass, Part, ServicePoint

LIFE_SUPPORT_EACH = 220
"""One home in so many depends on its supply for life."""
# One customer in so many is of the class; every class has one at least.
KEY_EACH: dict[KeyClass, int] = {"special": 9_000, "1": 3_500, "2": 1_200, "temporary": 11_000}
# Of a district's crews, one in so many cannot work on high voltage, or soon may not.
UNLICENSED_EACH, EXPIRING_EACH = 7, 8
EXPIRES_SOON, EXPIRES_LATER = timedelta(days=12), timedelta(days=400)
SKILLS = (("cable", 3), ("live_line", 4))
KIT = (("bucket_truck", 2), ("tree_saw", 3), ("cable_fault_locator", 4), ("generator_truck", 6))
# Of each part so many, on the vehicles of every so manieth crew.
CARRIED = (
    ("cable_m", 60, 3), ("conductor_m", 150, 1), ("fuse", 12, 1), ("insulator", 8, 1),
    ("pole", 2, 3), ("transformer_100kva", 1, 4),
)  # fmt: skip
PARTS: tuple[tuple[str, Part], ...] = (
    ("leader", "leader"), ("safety", "safety_officer"), ("member", "member"),
)  # fmt: skip


@dataclass(frozen=True)
class Neighbours:
    """What everybody who is supplied shares: the buildings, their addresses, their homes."""

    buildings: Buildings
    homes: Homes
    addresses: list[Address]


def settle(
    district: str, hung: dict[str, tuple[int, ...]], people: Neighbours, plane: Plane,
    dice: np.random.Generator,
) -> tuple[list[ServicePoint], list[Customer]]:  # fmt: skip
    """Return the service points behind every transformer and who is supplied there."""
    homes, supplied = people.homes, people.buildings.supplied
    spots = plane.spots(homes.at)
    order = [home for behind in hung.values() for home in behind]
    keys = _key_customers(np.array(order), people, dice)
    frail = dice.random(len(order)) < 1 / LIFE_SUPPORT_EACH
    points, customers = [], []
    number = 0
    for transformer, behind in hung.items():
        for place, home in enumerate(behind, 1):
            building = int(homes.building[home])
            address = people.addresses[building]
            en, zh = address.of(int(homes.number[home]), int(supplied[building]))
            point = f"{transformer}-p{place}"
            points.append(ServicePoint(point, transformer, zh, en, spots[home]))
            key = keys.get(home)
            name = _person(number) if key is None else address.place[1] + key[1]
            number += 1
            customers.append(Customer(
                f"{district}-c{number:05d}", point, name, f"199{number:08d}",
                bool(frail[number - 1]) and key is None, None if key is None else key[0],
            ))  # fmt: skip
    return points, customers


def _key_customers(
    order: Whole, people: Neighbours, dice: np.random.Generator
) -> dict[int, tuple[KeyClass, str]]:
    """Return which homes are key customers: one each in buildings larger than most."""
    homes = people.homes
    first = order[homes.number[order] == 1]
    largest = first[np.argsort(-people.buildings.area_m2[homes.building[first]], kind="stable")]
    pool = dice.permutation(largest[: max(len(KEY_EACH), len(largest) // 12)]).tolist()
    found: dict[int, tuple[KeyClass, str]] = {}
    for key_class, each in KEY_EACH.items():
        for n in range(max(1, len(order) // each)):
            if pool:
                words = IMPORTANT[key_class]
                found[pool.pop()] = (key_class, words[n % len(words)][1])
    return found


def _person(number: int) -> str:
    given = GIVEN[number * 7 % len(GIVEN)] + GIVEN[number * 11 % len(GIVEN)]
    return FAMILY[number % len(FAMILY)] + given


def crews_of(
    district: str, count: int, depots: list[str], grids: list[str], now: datetime
) -> tuple[list[Crew], list[CrewMember]]:
    """Return crews and their members; each depot has crews of all three turns of the day."""
    crews = [_crew(district, number, depots, grids, now) for number in range(count)]
    members = [
        CrewMember(crew.id, f"{crew.id}-{who}", part) for crew in crews for who, part in PARTS
    ]
    return crews, members


def _crew(district: str, n: int, depots: list[str], grids: list[str], now: datetime) -> Crew:
    en, zh = CREWS[n % len(CREWS)]
    again = n // len(CREWS) + 1
    licensed = n % UNLICENSED_EACH != UNLICENSED_EACH - 1
    soon = n % EXPIRING_EACH == EXPIRING_EACH - 3
    expiry = (now + (EXPIRES_SOON if soon else EXPIRES_LATER + timedelta(days=20 * n))).isoformat()
    skills = ["repair", *(["switching"] if licensed else [])]
    # Shifts turn with every crew: three in a row share a depot, so that one of them is on duty.
    turn, place = n % 3, n // 3 % len(depots)
    skills += [skill for skill, every in SKILLS if (n // 3 + turn) % every == 0]
    # What is rare is on duty in every turn of the day, too, where there are crews enough.
    kit = tuple(thing for thing, every in KIT if (n // 3 + turn) % every == every - 1)
    return Crew(
        f"{district}-crew-{n + 1:02d}", district,
        f"{en} crew" if again == 1 else f"{en} crew {again}",
        f"{zh}抢修队" if again == 1 else f"{zh}抢修{again}队",
        depots[place], grids[place], tuple(skills), tuple(_licences(expiry, licensed=licensed)),
        kit, tuple((part, count) for part, count, every in CARRIED if (n // 3 + turn) % every == 0),
    )  # fmt: skip


def _licences(expiry: str, *, licensed: bool) -> Iterator[tuple[str, str]]:
    yield "low_voltage", expiry
    if licensed:
        yield "high_voltage", expiry
