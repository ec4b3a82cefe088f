"""Outages as a workflow needs them to begin."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.errors import Refused
from domain.kinds import AreaClass, KeyClass
from domain.opening import OutageOpening
from domain.outage import Outage
from domain.place import Point
from domain.policy import Policy
from store import installation, policies
from store.tallies import tally_of

_OPENING = text("""
SELECT o.id, o.district_id, o.area_class, o.policy_hash, o.rules_version, o.opened_at,
       ST_X(o.at) AS lon, ST_Y(o.at) AS lat, o.parent_outage_id, o.key_class,
       o.customers_affected, o.report_count, o.report_watermark, o.clock_start, o.hazards,
       o.life_support, o.hazards_watermark, o.sealed_at, o.state, o.planned_until, p.body AS policy,
       o.merged_into, o.closed_at, CASE WHEN o.state IS NULL THEN o.restoration_no ELSE 0 END
           AS restorations
FROM outages o JOIN policies p ON p.hash = o.policy_hash
WHERE o.id = :outage
""")


_POLICY = text("""
SELECT p.body FROM outages o JOIN policies p ON p.hash = o.policy_hash WHERE o.id = :outage
""")


def opening(session: Session, outage_id: str, *, sealed_too: bool = False) -> OutageOpening:
    """Return all a workflow start needs to know of an outage.

    Raises Refused: outage_unknown, sealed (only an unsealed row may start a workflow), and what
    is said of an order that was merged or is about to be.
    """
    row = session.execute(_OPENING, {"outage": outage_id}).one_or_none()
    if row is None:
        raise Refused("outage_unknown", outage=outage_id)
    if row.sealed_at is not None and not sealed_too:
        raise shut(outage_id, row.merged_into, over=row.closed_at is not None)
    return _opening_of(row, session)


def shut(outage_id: str, merged_into: str | None, *, over: bool) -> Refused:
    """Return what is said of an order that takes nothing more."""
    if merged_into is None:
        return Refused("sealed", outage=outage_id)
    if over:
        return Refused("moved_to", outage=merged_into)
    return Refused("regrouping_under_way", outage=outage_id)


SHUT = frozenset({"sealed", "moved_to", "regrouping_under_way"})
"""Codes that tell that an order takes no more reports."""

_CLOSED = text("SELECT id, closed_at IS NOT NULL AS closed FROM outages WHERE id = ANY(:outages)")


def closed_or_not(session: Session, ids: Sequence[str]) -> dict[str, bool]:
    """Return which of some outages have a row, and whether each is closed."""
    rows = session.execute(_CLOSED, {"outages": list(ids)})
    return {row.id: row.closed for row in rows}


_UNDER_WAY = text("SELECT EXISTS (SELECT FROM outages WHERE closed_at IS NULL AND seq > 0)")


def any_under_way(session: Session) -> bool:
    """Tell whether any outage that began is not closed."""
    return bool(session.scalar(_UNDER_WAY))


def policy_of(session: Session, outage_id: str) -> Policy:
    """Return the policy an outage was opened under.

    Raises Refused outage_unknown.
    """
    body = session.scalar(_POLICY, {"outage": outage_id})
    if body is None:
        raise Refused("outage_unknown", outage=outage_id)
    return policies.parsed(body)


def _opening_of(row: Any, session: Session) -> OutageOpening:
    return OutageOpening(
        outage=row.id,
        district=row.district_id,
        area_class=AreaClass(row.area_class),
        policy=policies.parsed(row.policy),
        policy_hash=row.policy_hash,
        rules_version=row.rules_version,
        opened_at=row.opened_at,
        at=Point(lon=row.lon, lat=row.lat),
        parent=row.parent_outage_id,
        key_class=None if row.key_class is None else KeyClass(row.key_class),
        customers=row.customers_affected,
        tally=tally_of(row),
        clock=installation.clock(session),
        planned_until=row.planned_until,
        restorations=row.restorations,
        state=None if row.state is None else Outage.model_validate(row.state),
    )
