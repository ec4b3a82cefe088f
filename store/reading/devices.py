"""What may be open behind an outage: the devices around its calls, and who else is below them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.upstream import Candidate, Feeder, Section, Transformer, candidates


@dataclass(frozen=True)
class Below:
    """Another open outage all of whose calls hang below a device."""

    id: str
    number: int
    status: str
    reports: int
    customers: int


@dataclass(frozen=True)
class DeviceSeen:
    """A device that may be open, where it stands in the network, and what it would explain."""

    id: str
    kind: str
    name: str
    lon: float
    lat: float
    where: str
    customers: int
    transformers: int
    calls: int
    outages: tuple[Below, ...]


@dataclass(frozen=True)
class DevicesSeen:
    """The candidates of an outage; `calls` are those that the network knows the place of."""

    confirmed: str | None
    calls: int
    items: tuple[DeviceSeen, ...]


_SECTIONS = text("""
SELECT s.id, s.parent_section_id AS parent, (
    SELECT d.id FROM devices d WHERE d.section_id = s.id AND NOT d.normally_open
    ORDER BY d.id LIMIT 1) AS device
FROM sections s JOIN outages o ON o.feeder_id = s.feeder_id WHERE o.id = :outage ORDER BY s.id
""")
# Where a call is known by its transformer only from the order itself, it counts as one.
_TRANSFORMERS = text("""
SELECT t.id, t.section_id AS section, t.customers, greatest(coalesce(r.calls, 0),
    CASE WHEN t.id = ANY(o.transformers || o.transformer_id) THEN 1 ELSE 0 END) AS calls
FROM transformers t JOIN outages o ON o.feeder_id = t.feeder_id
LEFT JOIN (
    SELECT transformer_id, count(*) AS calls FROM reports WHERE outage_id = :outage GROUP BY 1
) r ON r.transformer_id = t.id
WHERE o.id = :outage ORDER BY t.id
""")
_NAMED = text("""
SELECT id, kind, name, ST_X(at) AS lon, ST_Y(at) AS lat FROM devices WHERE id = ANY(:ids)
UNION ALL
SELECT id, 'transformer', name, ST_X(at), ST_Y(at) FROM transformers WHERE id = ANY(:ids)
""")
_OTHERS = text("""
SELECT x.id, x.number, x.status, x.report_count AS reports, x.customers_affected AS customers,
    array_remove(x.transformers || x.transformer_id, NULL) AS transformers, x.device_id
FROM outages x JOIN outages o ON o.feeder_id = x.feeder_id AND o.district_id = x.district_id
WHERE o.id = :outage AND x.id <> o.id AND x.sealed_at IS NULL AND x.restored_at IS NULL
    AND x.planned_until IS NULL
ORDER BY x.number
""")
_CONFIRMED = text("SELECT device_id FROM outages WHERE id = :outage")


def feeder_of(session: Session, outage_id: str) -> Feeder:
    """Return the feeder of an outage with its calls; an empty one where no line is known."""
    asked = {"outage": outage_id}
    sections = session.execute(_SECTIONS, asked)
    transformers = session.execute(_TRANSFORMERS, asked)
    return Feeder(
        sections=tuple(Section(**row._mapping) for row in sections),
        transformers=tuple(Transformer(**row._mapping) for row in transformers),
    )


def confirmed(session: Session, outage_id: str) -> str | None:
    """Return the device that somebody said is open."""
    return session.scalar(_CONFIRMED, {"outage": outage_id})


def of_outage(session: Session, outage_id: str) -> DevicesSeen:
    """Return what may be open behind an outage, the likeliest first."""
    feeder = feeder_of(session, outage_id)
    said = confirmed(session, outage_id)
    found = candidates(feeder, said)
    ids = [each.device for each in found]
    named = {row.id: row for row in session.execute(_NAMED, {"ids": ids})}
    others = session.execute(_OTHERS, {"outage": outage_id}).all()
    sections = {each.device: each.id for each in feeder.sections if each.device is not None}
    return DevicesSeen(
        confirmed=said,
        calls=sum(each.calls for each in feeder.transformers),
        items=tuple(
            _seen(each, named[each.device], _below(feeder, each, others, sections))
            for each in found
        ),
    )


def _seen(found: Candidate, named: Any, below: tuple[Below, ...]) -> DeviceSeen:
    held = {"transformers": len(found.transformers), "customers": found.customers}
    return DeviceSeen(**named._mapping, where=found.where, calls=found.calls, outages=below, **held)


def _below(
    feeder: Feeder, found: Candidate, others: Sequence[Any], sections: dict[str, str]
) -> tuple[Below, ...]:
    """Return the orders that are wholly below a device, by their calls or the device they name."""
    dark = set(found.transformers)
    inside = set() if found.section is None else set(feeder.down(found.section))
    return tuple(
        Below(row.id, row.number, row.status, row.reports, row.customers)
        for row in others
        if row.transformers
        and dark.issuperset(row.transformers)
        and (row.device_id is None or sections.get(row.device_id) in inside
             or row.device_id in dark)
    )  # fmt: skip
