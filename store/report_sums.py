"""What several reports say together of the order they belong to."""

from collections.abc import Sequence
from typing import Any

from domain import extent
from domain.extent import Supplied
from domain.kinds import KeyClass, Scope, foremost

SELECT = """SELECT r.id, r.seq, r.received_at, r.transformer_id, r.section_id, r.scope, r.hazards,
       coalesce(t.customers, 1) AS transformer_customers, t.feeder_id,
       coalesce(s.customers, 1) AS section_customers,
       r.life_support OR coalesce(home.life_support, false) AS life_support, home.key_classes"""
"""The columns that are summed up; more may follow before `FROM`."""
FROM = """FROM reports r
LEFT JOIN transformers t ON t.id = r.transformer_id
LEFT JOIN sections s ON s.id = t.section_id
LEFT JOIN LATERAL (
    SELECT bool_or(c.life_support) AS life_support,
           array_remove(array_agg(c.key_class), NULL) AS key_classes
    FROM customers c WHERE c.service_point_id = r.service_point_id AND r.reporter_is_customer
) home ON true"""


def summed(reports: Sequence[Any]) -> dict[str, Any]:
    """Return what reports say together, as the row of their order holds it; at least one."""
    lines = [
        (
            Supplied(
                transformer=report.transformer_id,
                transformer_customers=report.transformer_customers,
                section_customers=report.section_customers,
            ),
            Scope(report.scope),
        )
        for report in reports
    ]
    placed = next((r for r in reports if r.transformer_id is not None), reports[0])
    classes = [KeyClass(c) for r in reports for c in r.key_classes or ()]
    key_class = foremost(classes)
    return {
        "count": len(reports),
        "first": reports[0].id,
        "clock": min(r.received_at for r in reports),
        "last": max(r.received_at for r in reports),
        "watermark": max(r.seq for r in reports),
        "hazards": sorted({hazard for r in reports for hazard in r.hazards}),
        "hazards_watermark": max((r.seq for r in reports if r.hazards), default=0),
        "life_support": any(r.life_support for r in reports),
        "key_class": key_class and key_class.value,
        "transformers": sorted({r.transformer_id for r in reports if r.transformer_id}),
        "transformer": placed.transformer_id,
        "section": placed.section_id,
        "feeder": placed.feeder_id,
        "customers": extent.customers_of_all(lines),
    }
