"""Histories of closed workflows, kept for replay after the server has forgotten them."""

import gzip
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store.tables.delivery import HistoryRow

# The sweep empties a history in the end, so that its digest and its place in the list stay.
_KEPT = HistoryRow.body != b""


def put(
    session: Session,
    *,
    workflow_id: str,
    run_id: str,
    outage_id: str | None,
    kind: str,
    events: int,
    body: bytes,
    digest: str,
    now: datetime,
) -> None:
    """Keep one run's history as gzipped JSON; a run kept already is left as it is."""
    row = {
        "workflow_id": workflow_id,
        "run_id": run_id,
        "outage_id": outage_id,
        "kind": kind,
        "events": events,
        "body": body,
        "digest": digest,
        "archived_at": now,
    }
    session.execute(insert(HistoryRow).values(row).on_conflict_do_nothing())


def runs_of(session: Session, outage_id: str) -> list[tuple[str, str]]:
    """List the stored runs of an outage as (workflow id, run id)."""
    query = select(HistoryRow.workflow_id, HistoryRow.run_id)
    rows = session.execute(query.where(HistoryRow.outage_id == outage_id))
    return [(row.workflow_id, row.run_id) for row in rows]


def of_outage(session: Session, outage_id: str) -> list[HistoryRow]:
    """Return an outage's stored histories in the order in which they were kept.

    Of one kept for long enough only the digest is left: it is not among them.
    """
    query = select(HistoryRow).where(HistoryRow.outage_id == outage_id, _KEPT)
    return list(session.scalars(query.order_by(HistoryRow.archived_at, HistoryRow.run_id)))


def get(session: Session, workflow_id: str, run_id: str) -> str | None:
    """Return one run's history as JSON text."""
    body = session.scalar(
        select(HistoryRow.body).where(
            HistoryRow.workflow_id == workflow_id, HistoryRow.run_id == run_id
        )
    )
    return gzip.decompress(body).decode() if body else None


_MISSING = text("""
SELECT o.id FROM outages o
WHERE o.closed_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM histories h WHERE h.outage_id = o.id AND h.kind = 'OutageRepair')
  AND NOT EXISTS (SELECT FROM lost_histories l WHERE l.outage_id = o.id AND l.seq >= o.seq)
ORDER BY o.closed_at
LIMIT :limit
""")


def missing(session: Session, limit: int | None = 100) -> list[str]:
    """List closed outages whose own history is owed and not stored, longest closed first."""
    return list(session.scalars(_MISSING, {"limit": limit}))


def outages(session: Session) -> list[str]:
    """List the outages that have a stored history."""
    query = select(HistoryRow.outage_id).where(HistoryRow.outage_id.is_not(None), _KEPT).distinct()
    return sorted(outage for outage in session.scalars(query) if outage is not None)
