"""What changed, in an order in which nothing that commits late is passed over.

Numbers are drawn before a transaction commits, so they come out of order. A reader therefore reads
only below the oldest transaction still under way: there nothing can appear any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from store import durable

KEPT = timedelta(days=1)
"""How long changes are kept at least for those who come back."""
BATCH = 20_000


@dataclass(frozen=True, order=True)
class Mark:
    """How far a reader has read: a transaction and a number within it."""

    xid: int
    id: int


@dataclass(frozen=True)
class Change:
    """That a row was changed, and the districts it concerns."""

    mark: Mark
    kind: str
    key: str
    districts: frozenset[str]


@dataclass(frozen=True)
class Look:
    """What came after a mark, how far that reaches, and how long the oldest has to wait."""

    changes: tuple[Change, ...]
    upto: Mark
    waiting_s: float


# One statement, so that the line below which nothing appears and the rows are of one snapshot.
_LOOK = text("""
SELECT line.below, line.waiting_s, c.xid, c.id, c.kind, c.key, c.districts
FROM (
    SELECT below, (SELECT extract(epoch FROM clock_timestamp() - min(noted_at))
                   FROM changes WHERE xid >= below) AS waiting_s
    FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS below OFFSET 0) mark
) line
LEFT JOIN LATERAL (
    SELECT * FROM changes
    WHERE (xid, id) > (:xid, :id) AND xid < line.below
    ORDER BY xid, id LIMIT :limit
) c ON true
ORDER BY c.xid, c.id
""")


def look(session: Session, after: Mark, limit: int) -> Look:
    """Return the changes after a mark that are safe to read, oldest first.

    They may be told only after `settle`.
    """
    rows = session.execute(_LOOK, {"xid": after.xid, "id": after.id, "limit": limit}).all()
    found = tuple(_change(row) for row in rows if row.xid is not None)
    below = Mark(rows[0].below, 0)
    upto = after if not found else found[-1].mark if len(found) == limit else below
    return Look(found, upto, max(0.0, float(rows[0].waiting_s or 0)))


def settle(engine: Engine) -> None:
    """Wait until everything that was seen is on the disk.

    Otherwise a crash of the database could take back what was told, and give its numbers anew.
    """
    durable.settle(engine)


_IMPOSSIBLE = text("""
DELETE FROM changes WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
""")
_LINE = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")


def begin(engine: Engine) -> Mark:
    """Return the mark below which everything may be read now; it is on the disk.

    Rows of transactions that are still to come were restored from another server: they go.
    """
    with engine.begin() as connection:
        connection.execute(_IMPOSSIBLE)
    with engine.connect() as connection:
        mark = Mark(int(connection.scalar(_LINE) or 0), 0)
    durable.settle(engine)
    return mark


_ORIGIN = text("""
SELECT substr(md5(concat_ws('/', s.system_identifier, c.timeline_id, d.oid,
                            'changes'::regclass::oid)), 1, 8)
FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d
WHERE d.datname = current_database()
""")


def origin(session: Session) -> str:
    """Name the life of this database: after a restore it is another one, with marks of its own."""
    return str(session.scalar(_ORIGIN))


_KEPT = text("""
SELECT coalesce((SELECT (xid, id) <= (:xid, :id) FROM changes ORDER BY xid, id LIMIT 1), true)
""")


def is_kept(session: Session, mark: Mark) -> bool:
    """Tell whether everything after a mark is still there."""
    return bool(session.scalar(_KEPT, {"xid": mark.xid, "id": mark.id}))


_BETWEEN = text("""
SELECT xid, id, kind, key, districts FROM changes
WHERE (xid, id) > (:xid, :id) AND (xid, id) <= (:last_xid, :last_id)
  AND (CAST(:districts AS text[]) IS NULL OR districts && CAST(:districts AS text[]))
ORDER BY xid, id LIMIT :limit
""")


def between(
    session: Session, after: Mark, upto: Mark, *, districts: Sequence[str] | None, limit: int
) -> list[Change]:
    """List what changed after one mark up to another; `districts` None means all."""
    given = {
        "xid": after.xid,
        "id": after.id,
        "last_xid": upto.xid,
        "last_id": upto.id,
        "districts": None if districts is None else list(districts),
        "limit": limit,
    }
    return [_change(row) for row in session.execute(_BETWEEN, given)]


# The newest of what goes stays as the edge; what nobody may read yet is never swept.
_SWEEP = text("""
WITH young AS (
    SELECT xid, id FROM changes
    WHERE noted_at >= :before OR xid >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    ORDER BY xid, id LIMIT 1
), edge AS (
    SELECT xid, id FROM changes
    WHERE (xid, id) < (coalesce((SELECT xid FROM young), 9223372036854775807),
                       coalesce((SELECT id FROM young), 0))
    ORDER BY xid DESC, id DESC LIMIT 1
)
DELETE FROM changes WHERE (xid, id) IN (
    SELECT c.xid, c.id FROM changes c, edge WHERE (c.xid, c.id) < (edge.xid, edge.id)
    ORDER BY c.xid, c.id LIMIT :batch)
""")


def sweep(session: Session, before: datetime, *, batch: int = BATCH) -> int:
    """Forget changes noted before a real time, the oldest first; returns how many went.

    Whoever resumes from before them is told to begin anew. A long transaction would hold readers
    back, so one call takes a batch at most.
    """
    gone: Any = session.execute(_SWEEP, {"before": before, "batch": batch})
    return int(gone.rowcount)


def _change(row: Any) -> Change:
    return Change(Mark(row.xid, row.id), row.kind, row.key, frozenset(row.districts))
