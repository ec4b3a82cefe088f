"""How a report looks from outside; the person behind it only to those who deal with persons."""

from typing import Any

from api.places import geojson
from api.sign_in import SEES_PERSONS, Caller
from domain.kinds import Role
from domain.place import Point
from store.reading.reports import ReportSeen

_PLAIN = (
    "id", "number", "seq", "channel", "source", "external_id", "reporter_is_customer", "scope",
    "hazards", "life_support", "first_owner", "occurred_at", "received_at",
    "promised_arrival_at", "outcome", "outcome_at", "forgotten_at",
)  # fmt: skip
PERSONAL = (
    "reporter_name", "reporter_phone", "customer_id", "service_point_id", "address", "address_en",
    "note",
)  # fmt: skip


def shown(seen: ReportSeen, caller: Caller) -> dict[str, Any]:
    """Return a report as this caller may see it."""
    told: dict[str, Any] = {name: getattr(seen, name) for name in _PLAIN}
    told |= {
        "district": seen.district_id,
        "transformer": seen.transformer_id,
        "section": seen.section_id,
        "outage": seen.outage_id
        and {
            "id": seen.outage_id,
            "number": seen.outage_number,
            "stage": seen.outage_stage,
            "status": seen.outage_status,
            "etr": seen.etr,
            "arrived_at": seen.arrived_at,
            "restored_at": seen.restored_at,
        },
    }
    # Who may list a customer's reports at all as a customer is that customer.
    if caller.role in SEES_PERSONS or caller.role is Role.CUSTOMER:
        told |= {name: getattr(seen, name) for name in PERSONAL}
        told["at"] = geojson(Point(lon=seen.lon, lat=seen.lat))
    return told
