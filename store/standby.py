"""What advice about waiting needs of a district: past orders by place, depots, idle crews."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.kinds import AreaClass
from store import snapshots

# Orders within about a kilometre are one place; what fell in another part of the day only counts
# when this part knows too few.
_ORDERS = text("""
SELECT ST_X(ST_SnapToGrid(o.at, 0.01)) AS lon, ST_Y(ST_SnapToGrid(o.at, 0.01)) AS lat,
       o.area_class, count(*) AS orders,
       count(*) FILTER (
           WHERE floor(extract(hour FROM o.clock_start AT TIME ZONE d.time_zone) / :part)
               = floor(extract(hour FROM CAST(:now AS timestamptz) AT TIME ZONE d.time_zone)
                       / :part)
       ) AS now_orders
FROM outages o JOIN districts d ON d.id = o.district_id
WHERE o.district_id = :district AND o.clock_start >= :since AND o.clock_start < :now
GROUP BY 1, 2, 3 ORDER BY orders DESC, 1, 2, 3 LIMIT :most
""")
_WORK = text("""
SELECT avg(extract(epoch FROM restored_at - arrived_at)) AS work_s, min(clock_start) AS first
FROM outages
WHERE district_id = :district AND clock_start >= :since AND clock_start < :now
""")
_DEPOTS = text("""
SELECT id, name_en, name_zh, ST_X(at) AS lon, ST_Y(at) AS lat FROM depots
WHERE district_id = :district ORDER BY id
""")
_AT_WORK = text("""
SELECT DISTINCT crew_id FROM tasks
WHERE crew_id = ANY(:crews) AND state NOT IN ('queued', 'done', 'cancelled')
""")


@dataclass(frozen=True)
class PastOrders:
    """How many orders a place had, and how many of them in the present part of the day."""

    lon: float
    lat: float
    area_class: AreaClass
    orders: int
    now_orders: int


@dataclass(frozen=True)
class Depot:
    """A depot with its names."""

    id: str
    name_en: str
    name_zh: str
    lon: float
    lat: float


@dataclass(frozen=True)
class OnDuty:
    """A crew on shift and whether it has work."""

    id: str
    lon: float
    lat: float
    at_work: bool


@dataclass(frozen=True)
class Past:
    """What is known of a district's orders since a day; `work_s` is the usual time on site."""

    orders: list[PastOrders]
    first: datetime | None
    work_s: float | None


def past(
    session: Session, district: str, now: datetime, *, days: int, part_h: int, most: int
) -> Past:
    """Return where orders came from in the last days, the places with most orders first."""
    given = {"district": district, "now": now, "since": now - timedelta(days=days)}
    rows = session.execute(_ORDERS, given | {"part": part_h, "most": most})
    orders = [
        PastOrders(row.lon, row.lat, AreaClass(row.area_class), row.orders, row.now_orders)
        for row in rows
    ]
    work = session.execute(_WORK, given).one()
    return Past(orders, work.first, None if work.work_s is None else float(work.work_s))


def depots(session: Session, district: str) -> list[Depot]:
    """List the depots of a district."""
    return [Depot(*row) for row in session.execute(_DEPOTS, {"district": district})]


def on_duty(session: Session, district: str, now: datetime) -> list[OnDuty]:
    """List the crews on shift in a district, with where they are."""
    crews = [
        crew
        for crew in snapshots.crews_on_hand(session, district, now)
        if crew.on_call is None and crew.shift_start <= now < crew.shift_end
    ]
    busy = set(session.scalars(_AT_WORK, {"crews": [crew.id for crew in crews]}))
    return [OnDuty(crew.id, crew.lon, crew.lat, crew.id in busy) for crew in crews]
