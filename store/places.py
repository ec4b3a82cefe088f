"""Finding where in the network a report points, and which locks that place is grouped under.

A place is a service point, an exact address, or a bare point; a bare point near enough to a
transformer is taken to hang on it.
"""

from dataclasses import dataclass
from datetime import datetime
from math import cos, floor, radians
from typing import Any

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.orm import Session

from domain.errors import Refused
from domain.extent import Supplied
from domain.kinds import KeyClass, foremost
from domain.place import Point
from domain.planned import PlannedWork
from domain.policy import Policy
from domain.report import ReportDraft
from store import policies

METRES_PER_DEGREE = 111_320.0
CELL_M = 2_000.0

_PLACE_OF = {
    "service_point": """
        SELECT id, transformer_id, address, at FROM service_points WHERE id = :wanted""",
    "address": """
        SELECT id, transformer_id, address, at FROM service_points
        WHERE address = :wanted OR address_en = :wanted ORDER BY id LIMIT 1""",
    "point": """
        SELECT NULL AS id, NULL AS transformer_id, NULL AS address,
               ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS at""",
}

_LOCATE = """
WITH place AS MATERIALIZED ({place}),
near AS MATERIALIZED (
    SELECT t.id, t.feeder_id, ST_Distance(t.at::geography, p.at::geography) AS metres
    FROM place p
    JOIN transformers t ON t.at && ST_Expand(
        p.at, :reach / (111320 * greatest(cos(radians(ST_Y(p.at))), 0.01)), :reach / 110540)
),
line AS (
    SELECT t.id, t.section_id, t.feeder_id, t.customers, s.customers AS section_customers
    FROM transformers t JOIN sections s ON s.id = t.section_id
    WHERE t.id = coalesce(
        (SELECT transformer_id FROM place),
        (SELECT n.id FROM near n WHERE n.metres <= :infer ORDER BY n.metres, n.id LIMIT 1))
)
SELECT p.id AS service_point_id, p.address, ST_X(p.at) AS lon, ST_Y(p.at) AS lat,
       line.id AS transformer_id, line.section_id, line.feeder_id,
       coalesce(line.customers, 1) AS transformer_customers,
       coalesce(line.section_customers, 1) AS section_customers,
       area.district_id, area.area_class, area.hotline, area.time_zone, area.policy_hash,
       grid.id AS grid_id,
       home.customer_id, coalesce(home.life_support, false) AS life_support, home.key_classes,
       (SELECT jsonb_agg(jsonb_build_object('id', w.id, 'since', w.since, 'until', w.until,
                                            'notice', w.notice) ORDER BY w.until DESC, w.id)
        FROM planned_works w
        WHERE w.ended_at IS NULL AND w.transformers @> ARRAY[line.id]) AS works,
       ARRAY(SELECT DISTINCT n.feeder_id FROM near n WHERE n.metres <= :reach) AS feeders,
       EXISTS (SELECT FROM near n WHERE n.metres <= :reach / 2) AS inside
FROM place p
LEFT JOIN line ON true
LEFT JOIN LATERAL (
    SELECT a.district_id, a.area_class, d.hotline, d.time_zone, d.policy_hash
    FROM service_areas a JOIN districts d ON d.id = a.district_id
    WHERE ST_Covers(a.boundary, p.at) ORDER BY a.id LIMIT 1
) area ON true
LEFT JOIN LATERAL (
    SELECT g.id FROM grids g
    WHERE g.district_id = area.district_id AND ST_Covers(g.boundary, p.at) ORDER BY g.id LIMIT 1
) grid ON true
LEFT JOIN LATERAL (
    SELECT min(c.id) AS customer_id, bool_or(c.life_support) AS life_support,
           array_remove(array_agg(c.key_class), NULL) AS key_classes
    FROM customers c WHERE c.service_point_id = p.id
) home ON true
"""
_LOCATES = {kind: text(_LOCATE.format(place=place)) for kind, place in _PLACE_OF.items()}

_COVERED = text(
    "SELECT EXISTS (SELECT FROM service_areas"
    " WHERE ST_Covers(boundary, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)))"
)
_AROUND = text("""
SELECT DISTINCT t.feeder_id, ST_Distance(t.at::geography, o.at::geography) <= :reach / 2 AS inside
FROM outages o
JOIN transformers t ON t.at && ST_Expand(
    o.at, :reach / (111320 * greatest(cos(radians(ST_Y(o.at))), 0.01)), :reach / 110540)
WHERE o.id = :outage AND ST_Distance(t.at::geography, o.at::geography) <= :reach
""")


@dataclass(frozen=True)
class Place:
    """Where a report points: territory, network, home; `locks` group it with its neighbours.

    `policy` is what an outage that is opened here gets; `works` are announced for its transformer.
    """

    lon: float
    lat: float
    district_id: str
    area_class: str
    hotline: str
    time_zone: str
    grid_id: str | None
    service_point_id: str | None
    address: str | None
    transformer_id: str | None
    section_id: str | None
    feeder_id: str | None
    transformer_customers: int
    section_customers: int
    customer_id: str | None
    life_support: bool
    key_class: KeyClass | None
    policy: Policy
    locks: tuple[str, ...]
    works: tuple[PlannedWork, ...] = ()

    @property
    def point(self) -> Point:
        """Return the place as a domain point."""
        return Point(lon=self.lon, lat=self.lat)

    def planned_at(self, moment: datetime) -> PlannedWork | None:
        """Return the announced work that explains a loss of supply here at a moment."""
        return next((w for w in self.works if w.since <= moment < w.until), None)

    @property
    def supplied(self) -> Supplied:
        """Return how many customers hang on the line of this place."""
        return Supplied(
            transformer=self.transformer_id,
            transformer_customers=self.transformer_customers,
            section_customers=self.section_customers,
        )


def locate(session: Session | Connection, draft: ReportDraft, policy: Policy) -> Place:
    """Find the place of a report; `policy` holds where the district has chosen none.

    Raises Refused: place_missing, service_point_unknown, address_not_found,
    outside_service_area, coordinates_swapped.
    """
    row = _row_of(session, draft, policy)
    if row.area_class is None:
        raise _outside(session, draft, row.lon, row.lat)
    own_policy = policies.pinned(session, row.policy_hash) if row.policy_hash else policy
    if own_policy.grouping != policy.grouping:
        row = _row_of(session, draft, own_policy)
    fields = dict(row._mapping)
    fields.pop("policy_hash")
    near, inside = fields.pop("feeders"), fields.pop("inside")
    fields["key_class"] = foremost(map(KeyClass, fields.pop("key_classes") or ()))
    fields["works"] = tuple(map(PlannedWork.model_validate, fields.pop("works") or ()))
    own = row.feeder_id
    at = Point(lon=row.lon, lat=row.lat)
    locks = lock_names(near, own, inside, at, own_policy.grouping.distance_m)
    return Place(**fields, policy=own_policy, locks=locks)


def lock_names(
    near: list[str], own: str | None, inside: bool, at: Point, distance_m: float
) -> tuple[str, ...]:
    """Return the names of the locks a place is grouped under.

    `near` are the feeders with a transformer within twice the grouping distance, `inside`
    tells whether one lies within the distance itself. Any two places within the grouping
    distance of each other share a name: where one has a transformer inside, the other has
    its feeder near; where neither has, both take the cells around them.
    """
    names = {f"feeder/{feeder}" for feeder in near}
    if own is not None:
        names.add(f"feeder/{own}")
    if not inside:
        names.update(_cells(at, distance_m / 2))
    return tuple(sorted(names))


def locks_of_outage(
    session: Session | Connection, outage: Any, distance_m: float
) -> tuple[str, ...]:
    """Return the lock names of an outage row with id, feeder_id, lon and lat."""
    rows = session.execute(_AROUND, {"outage": outage.id, "reach": 2.0 * distance_m}).all()
    near, inside = [row.feeder_id for row in rows], any(row.inside for row in rows)
    at = Point(lon=outage.lon, lat=outage.lat)
    return lock_names(near, outage.feeder_id, inside, at, distance_m)


def _cells(at: Point, half_m: float) -> set[str]:
    """Return the cells touched by a square around a place.

    The width of a cell is fixed per row of cells, so that every place agrees on it.
    """
    found: set[str] = set()
    tall = CELL_M / METRES_PER_DEGREE
    half_lat = half_m / METRES_PER_DEGREE
    lon, lat = at.lon, at.lat
    for row in range(floor((lat - half_lat) / tall), floor((lat + half_lat) / tall) + 1):
        metres_per_lon = METRES_PER_DEGREE * max(cos(radians(row * tall)), 0.01)
        # A little wider than needed: rows differ slightly in width.
        half_lon, wide = 1.05 * half_m / metres_per_lon, CELL_M / metres_per_lon
        first, last = floor((lon - half_lon) / wide), floor((lon + half_lon) / wide)
        found.update(f"cell/{row}/{column}" for column in range(first, last + 1))
    return found


def _row_of(session: Session | Connection, draft: ReportDraft, policy: Policy) -> Any:
    rules = policy.grouping
    params: dict[str, Any] = {"reach": 2.0 * rules.distance_m, "infer": rules.infer_transformer_m}
    for kind, wanted in (("service_point", draft.service_point_id), ("address", draft.address)):
        if wanted is None:
            continue
        row = _ask(session, _LOCATES[kind], {**params, "wanted": wanted})
        if row is not None:
            return row
        if kind == "service_point":
            raise Refused("service_point_unknown", pointer="/service_point_id", id=wanted)
    if draft.at is None:
        if draft.address is not None:
            raise Refused("address_not_found", pointer="/address")
        raise Refused("place_missing", pointer="/at")
    at = {"lon": draft.at.lon, "lat": draft.at.lat}
    return _ask(session, _LOCATES["point"], {**params, **at})


def _ask(session: Session | Connection, query: TextClause, params: dict[str, Any]) -> Any:
    return session.execute(query, params).one_or_none()


def _outside(session: Session | Connection, draft: ReportDraft, lon: float, lat: float) -> Refused:
    swapped = abs(lon) <= 90 and session.scalar(_COVERED, {"lon": lat, "lat": lon})
    if swapped:
        return Refused("coordinates_swapped", pointer="/at", lon=lon, lat=lat)
    pointer = "/at" if draft.service_point_id is None else "/service_point_id"
    return Refused("outside_service_area", pointer=pointer, lon=lon, lat=lat)
