"""Letting personal data go, each time noted first: without its note the guards refuse it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from store import photos
from store.tables.erasures import ErasureRow

SWEEP = "sweep"
RETENTION = "retention"


def note(
    session: Session,
    rule: str,
    *,
    at: datetime,
    by: str,
    why: str,
    counts: Mapping[str, int],
    before: datetime | None = None,
) -> int:
    """Write down what this transaction lets go, which opens the guards of that rule to it."""
    row = {
        "rule": rule,
        "at": at,
        "by": by,
        "why": why,
        "before": before,
        "counts": dict(counts),
        # Both are set by the database, whatever is said here.
        "noted_at": at,
        "txid": 0,
    }
    return int(session.scalar(insert(ErasureRow).values(row).returning(ErasureRow.id)) or 0)


_COUNT = text("""
SELECT (SELECT count(*) FROM reports r WHERE r.id = ANY(:reports)) AS reports,
    (SELECT count(*) FROM callback_attempts a JOIN callbacks c ON c.id = a.callback_id
     WHERE c.report_id = ANY(:reports) AND a.note IS NOT NULL) AS callback_notes,
    (SELECT count(*) FROM idempotency WHERE answer ->> 'report_id' = ANY(:reports)) AS answers
""")
# The place is made coarse: that of the transformer, or else about a kilometre.
_PERSONS = text("""
UPDATE reports r SET reporter_name = NULL, reporter_phone = NULL, customer_id = NULL,
    service_point_id = NULL, address = NULL, note = NULL, external_id = NULL, salt = NULL,
    source = CASE WHEN source LIKE 'customer/%' THEN 'customer' ELSE source END,
    at = coalesce((SELECT t.at FROM transformers t WHERE t.id = r.transformer_id),
                  ST_SnapToGrid(r.at, 0.01)),
    forgotten_at = :at
WHERE id = ANY(:reports)
""")
_WORDS = text("""
DELETE FROM power_ons p USING reports r
WHERE r.id = ANY(:reports) AND p.service_point_id = r.service_point_id
""")
_NOTES = text("""
UPDATE callback_attempts a SET note = NULL FROM callbacks c
WHERE c.id = a.callback_id AND c.report_id = ANY(:reports) AND a.note IS NOT NULL
""")
_ANSWERS = text("DELETE FROM idempotency WHERE answer ->> 'report_id' = ANY(:reports)")


def count_persons(session: Session, reports: Sequence[str]) -> dict[str, int]:
    """Count the rows that hold anything of the persons behind some reports."""
    return _counted(session, reports, photos.of_persons(session, reports))


def _counted(session: Session, reports: Sequence[str], pictures: Sequence[str]) -> dict[str, int]:
    counts = dict(session.execute(_COUNT, {"reports": list(reports)}).one()._mapping)
    return counts | {"photos": len(pictures)}


def erase_persons(
    session: Session,
    reports: Sequence[str],
    *,
    at: datetime,
    by: str,
    why: str,
    before: datetime | None = None,
) -> tuple[int, dict[str, int]]:
    """Erase the persons behind some reports; returns the erasure's number and what it took."""
    given = {"reports": list(reports)}
    session.execute(text("SELECT FROM reports WHERE id = ANY(:reports) FOR UPDATE"), given)
    pictures = photos.of_persons(session, reports)
    counts = _counted(session, reports, pictures)
    erasure = note(session, "persons", at=at, by=by, why=why, counts=counts, before=before)
    session.execute(_WORDS, given)
    session.execute(_PERSONS, given | {"at": at})
    session.execute(_NOTES, given)
    session.execute(_ANSWERS, given)
    photos.let_go(session, pictures, at)
    return erasure, counts
