"""What each plan of a district's board meant for one outage."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from store.plan_runs import PlanRun


@dataclass(frozen=True)
class PlanForOutage(PlanRun):
    """A run of the planner and what its plan says of the outage's tasks.

    `visits` are stops with their crew, `left` the tasks without one and why, as the plan has them.
    """

    visits: list[dict[str, Any]]
    left: list[dict[str, Any]]


# Looking for the name in the text passes over most plans without reading them.
_PLANS = text("""
WITH run AS MATERIALIZED (
    SELECT r.*, CAST(d.body AS jsonb) AS plan
    FROM outages o
    JOIN plan_runs r ON r.district_id = o.district_id
        AND r.at >= o.opened_at AND (o.sealed_at IS NULL OR r.at <= o.sealed_at)
    JOIN documents d ON d.hash = r.plan_hash AND d.kind = 'plan'
    WHERE o.id = :outage AND position('"' || o.id || '/t' IN d.body) > 0
        AND (CAST(:at AS timestamptz) IS NULL OR (r.at, r.id) < (:at, CAST(:id AS text)))
    ORDER BY r.at DESC, r.id DESC LIMIT :limit
)
SELECT id, district_id, at, mode, snapshot_hash, plan_hash, stop_cause, solver, wall_ms, trigger,
    status,
    (SELECT coalesce(jsonb_agg(visit || jsonb_build_object('crew', route -> 'crew')), '[]')
     FROM jsonb_array_elements(plan -> 'routes') route,
         jsonb_array_elements(route -> 'visits') visit
     WHERE starts_with(visit ->> 'task', :outage || '/')) AS visits,
    (SELECT coalesce(jsonb_agg(without), '[]')
     FROM jsonb_array_elements(plan -> 'unassigned') without
     WHERE starts_with(without ->> 'task', :outage || '/')) AS "left"
FROM run ORDER BY at DESC, id DESC
""")


def of_outage(
    session: Session, outage_id: str, *, before: tuple[datetime, str] | None = None, limit: int = 50
) -> list[PlanForOutage]:
    """List the plans that spoke of an outage while it was open, newest first.

    `before` is time and id of the last one seen.
    """
    at, run = before or (None, None)
    asked = {"outage": outage_id, "at": at, "id": run, "limit": limit}
    return [PlanForOutage(**row._mapping) for row in session.execute(_PLANS, asked)]
