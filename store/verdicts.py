"""What the facts of an outage prove, by version: an amended verdict says that it is one."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from domain.field import Verdict
from store import locks
from store.tables.progress import VerdictRow


def record(session: Session, outage_id: str, verdict: Verdict, now: datetime) -> int | None:
    """Write a verdict as a new version when it differs; returns its version, or None."""
    locks.take(session, [f"verdicts/{outage_id}"])
    last = _last(session, outage_id)
    if last is not None and Verdict.model_validate(last.body) == verdict:
        return None
    version = 1 if last is None else last.version + 1
    row = {
        "outage_id": outage_id,
        "version": version,
        "body": verdict.model_dump(mode="json"),
        "amended": last is not None,
        "known_at": now,
    }
    session.execute(insert(VerdictRow), [row])
    return version


def latest(session: Session, outage_id: str) -> Verdict | None:
    """Return the verdict that stands now."""
    last = _last(session, outage_id)
    return None if last is None else Verdict.model_validate(last.body)


def _last(session: Session, outage_id: str) -> VerdictRow | None:
    query = select(VerdictRow).where(VerdictRow.outage_id == outage_id)
    return session.scalar(query.order_by(VerdictRow.version.desc()).limit(1))
