"""Announcing planned work and ending it: who may, whose supply it is, and what stays of it."""

from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from api.bodies import PlannedWorkBody
from api.problems import Problem
from api.sign_in import Caller
from store import planned_works
from store.planned_works import Announced


def announce(
    session: Session, work_id: str, body: PlannedWorkBody, caller: Caller, now: datetime
) -> dict[str, Any]:
    """Keep announced work; the same one said again changes nothing."""
    wanted = _wanted(session, work_id, body, caller, now)
    known = planned_works.find(session, work_id)
    if known is None:
        if wanted.until <= now:
            raise Problem("planned_work_over", pointer="/until")
        planned_works.announce(session, wanted)
        # Somebody else's of the same id may have come first.
        known = planned_works.find(session, work_id) or wanted
    if _said(known) != _said(wanted):
        raise Problem("idempotency_key_reused")
    return shown(known)


def end(session: Session, work_id: str, how: str, caller: Caller, now: datetime) -> dict[str, Any]:
    """End announced work; it stays readable, and one that ended stays as it was."""
    known = planned_works.find(session, work_id)
    if known is None:
        raise Problem("not_found")
    caller.need(known.district_id)
    planned_works.end(session, known, how, caller.subject, now, datetime.now(UTC))
    session.expire_all()
    return shown(planned_works.find(session, work_id) or known)


def shown(work: Announced) -> dict[str, Any]:
    """Return announced work as it is shown."""
    told = asdict(work)
    return told | {"district": told.pop("district_id")}


def _wanted(
    session: Session, work_id: str, body: PlannedWorkBody, caller: Caller, now: datetime
) -> Announced:
    found = planned_works.supplied_by(
        session,
        transformers=body.transformers or (),
        section=body.section,
        feeder=body.feeder,
    )
    missing = sorted(set(body.transformers or ()) - set(found))
    if missing or not found:
        names = ", ".join(missing[:20]) or body.section or body.feeder
        raise Problem("network_unknown", names=names)
    for district in sorted(set(found.values())):
        caller.need(district)
    return Announced(
        id=work_id,
        district_id=min(found.values()),
        transformers=tuple(sorted(found)),
        since=body.since,
        until=body.until,
        reason=body.reason,
        notice=body.notice,
        announced_by=caller.subject,
        announced_at=now,
    )


def _said(work: Announced) -> Announced:
    """Return what was said of a work, without what was noted beside it."""
    return replace(work, announced_at=work.since, ended_by=None, ended_at=None, how=None)
