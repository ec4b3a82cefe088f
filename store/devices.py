"""What hangs below a device that is said to be open: looked up, and kept with the order."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.device import DeviceConfirmed, DeviceHeld, DeviceKind
from domain.errors import Refused
from domain.place import Point

# A device that is normally open feeds nothing. A transformer stands for the fuse before it.
_CHOSEN = """
chosen AS (
    SELECT d.kind, d.at, s.id AS section_id, s.feeder_id, NULL::text AS transformer_id
    FROM devices d JOIN sections s ON s.id = d.section_id
    WHERE d.id = :device AND NOT d.normally_open
    UNION ALL
    SELECT 'transformer', t.at, NULL, t.feeder_id, t.id FROM transformers t
    WHERE t.id = :device AND NOT EXISTS (
        SELECT FROM devices d WHERE d.id = :device AND NOT d.normally_open)
), below AS (
    SELECT section_id AS id FROM chosen WHERE section_id IS NOT NULL
    UNION
    SELECT s.id FROM sections s JOIN below b ON s.parent_section_id = b.id
), dark AS (
    SELECT t.id, t.customers FROM transformers t
    WHERE t.section_id IN (SELECT id FROM below)
        OR t.id = (SELECT transformer_id FROM chosen)
)
"""
_HELD = text(f"""
WITH RECURSIVE {_CHOSEN}
SELECT c.kind, ST_X(c.at) AS lon, ST_Y(c.at) AS lat,
    (SELECT coalesce(sum(customers), 0) FROM dark) AS customers,
    o.feeder_id IS NULL OR o.feeder_id = c.feeder_id AS feeds
FROM chosen c, outages o WHERE o.id = :outage
""")  # noqa: S608 - the part put in is our own
_DARKEN = text(f"""
WITH RECURSIVE {_CHOSEN}
UPDATE outages SET device_id = :device, at = ST_SetSRID(ST_MakePoint(:lon, :lat), 4326),
    customers_affected = :customers,
    dark_transformers = ARRAY(SELECT id FROM dark ORDER BY id)
WHERE id = :outage
""")  # noqa: S608 - the part put in is our own


def held(session: Session, outage_id: str, device: str) -> DeviceHeld:
    """Return what hangs below a device that an outage may be due to.

    Raises Refused: device_unknown, device_elsewhere.
    """
    row = session.execute(_HELD, {"outage": outage_id, "device": device}).first()
    if row is None:
        raise Refused("device_unknown", pointer="/network_device", device=device)
    if not row.feeds:
        raise Refused("device_elsewhere", pointer="/network_device", device=device)
    place = Point(lon=row.lon, lat=row.lat)
    return DeviceHeld(kind=DeviceKind(row.kind), place=place, customers=row.customers)


def darken(session: Session, outage_id: str, what: DeviceConfirmed) -> None:
    """Let an order's row say what the device says: where it is, how many, and who is below."""
    session.execute(
        _DARKEN,
        {
            "outage": outage_id,
            "device": what.network_device,
            "lon": what.place.lon,
            "lat": what.place.lat,
            "customers": what.customers,
        },
    )
