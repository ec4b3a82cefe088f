"""The invented people: customers at their service points, and crews at their depots."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import cos, pi, sin
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from store.demo.ground import METRES_PER_DEGREE, Ground, street_of
from store.demo.names import CREW_NAMES, FAMILY, GIVEN
from store.tables import crews as c
from store.tables import territory as t

KEY_CLASSES = {7: "special", 131: "1", 257: "2", 389: "2", 521: "temporary"}
LIFE_SUPPORT_EVERY = 97
# The last crews of a district cannot work on high voltage, so that skills matter.
UNLICENSED = 2
EXPIRES_SOON = 5
KIT = (("bucket_truck", 2), ("tree_saw", 3), ("cable_fault_locator", 4), ("generator_truck", 6))


def settle_people(session: Session, ground: Ground, now: datetime) -> None:
    """Insert service points, customers, crews, their members and first positions."""
    transformers = session.execute(
        select(
            t.TransformerRow.id,
            t.TransformerRow.section_id,
            t.TransformerRow.at.ST_X().label("lon"),
            t.TransformerRow.at.ST_Y().label("lat"),
        )
        .join(t.FeederRow, t.FeederRow.id == t.TransformerRow.feeder_id)
        .where(t.FeederRow.district_id == ground.plan.id)
        .order_by(t.TransformerRow.id)
    ).all()
    points = list(service_points(ground, transformers))
    session.execute(insert(t.ServicePointRow), points)
    session.execute(insert(t.CustomerRow), list(_customers(ground, points)))
    crews = list(_crews(ground, now))
    session.execute(insert(c.CrewRow), crews)
    session.execute(insert(c.CrewMemberRow), [m for crew in crews for m in _members(crew)])
    depots = session.execute(select(t.DepotRow.id, t.DepotRow.at.ST_AsEWKT().label("place"))).all()
    places = {row.id: row.place for row in depots}
    session.execute(insert(c.PositionRow), [
        {"crew_id": crew["id"], "at": places[crew["depot_id"]], "occurred_at": now,
         "received_at": now, "device": "depot", "accuracy_m": 50.0}
        for crew in crews
    ])  # fmt: skip


def service_points(ground: Ground, transformers: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows of the homes behind each transformer."""
    plan = ground.plan
    sections = sorted({row.section_id for row in transformers})
    house: dict[str, int] = {}
    for row in transformers:
        street_en, street_zh = street_of(sections.index(row.section_id))
        for i in range(plan.service_points_each):
            number = house[row.section_id] = house.get(row.section_id, 0) + 1
            reach, angle = ground.random.uniform(15, 95), ground.random.uniform(0, 2 * pi)
            north = row.lat + reach * sin(angle) / METRES_PER_DEGREE
            east = row.lon + reach * cos(angle) / (METRES_PER_DEGREE * cos(plan.lat * pi / 180))
            yield {
                "id": f"{row.id}-p{i + 1}",
                "transformer_id": row.id,
                "address": f"{plan.name_zh}{street_zh}{number}号",
                "address_en": f"{number} {street_en}, {plan.name_en}",
                "at": f"SRID=4326;POINT({east:.6f} {north:.6f})",
            }


def _customers(ground: Ground, points: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for i, point in enumerate(points):
        family = FAMILY[i % len(FAMILY)]
        given = GIVEN[i * 7 % len(GIVEN)] + GIVEN[i * 11 % len(GIVEN)]
        yield {
            "id": f"{ground.plan.id}-c{i + 1:05d}",
            "service_point_id": point["id"],
            "name": family + given,
            "phone": f"19900{i + 1:06d}",
            "life_support": i % LIFE_SUPPORT_EVERY == LIFE_SUPPORT_EVERY - 1,
            "key_class": KEY_CLASSES.get(i),
        }


def _crews(ground: Ground, now: datetime) -> Iterator[dict[str, Any]]:
    plan = ground.plan
    for i in range(plan.crews):
        en, zh = CREW_NAMES[i % len(CREW_NAMES)]
        licensed = i < plan.crews - UNLICENSED
        days = 12 if i == EXPIRES_SOON else 400 + 30 * i
        expiry = (now + timedelta(days=days)).isoformat()
        names = ["low_voltage", *(["high_voltage"] if licensed else [])]
        skills = ["repair", *(["switching"] if licensed else [])]
        skills += [skill for skill, every in (("cable", 3), ("live_line", 4)) if i % every == 0]
        yield {
            "id": f"{plan.id}-crew-{i + 1:02d}",
            "district_id": plan.id,
            "name_en": f"{en} crew",
            "name_zh": f"{zh}抢修队",
            "depot_id": f"{plan.id}-depot-{i % 3 + 1}",
            "grid_id": f"{plan.id}-grid-{i % 3 + 1}",
            "skills": skills,
            "licences": dict.fromkeys(names, expiry),
            "kit": [thing for thing, every in KIT if (i // 3 + i % 3 + 1) % every == 0],
            "active": True,
        }


def _members(crew: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for subject, part in (
        ("leader", "leader"),
        ("safety", "safety_officer"),
        ("member", "member"),
    ):
        yield {"crew_id": crew["id"], "subject": f"{crew['id']}-{subject}", "part": part}
