"""Snapshots and plans as canonical texts, found by their hash; stored once, never changed."""

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store.tables.planning import DocumentRow


def put(session: Session, kind: str, digest: str, body: str, now: datetime) -> None:
    """Keep a text under its hash; the same text again is harmless."""
    session.execute(
        insert(DocumentRow)
        .values(hash=digest, kind=kind, body=body, stored_at=now)
        .on_conflict_do_nothing(index_elements=["hash"])
    )


def get(session: Session, digest: str, kind: str) -> str | None:
    """Return the text of a kind with a hash."""
    return session.scalar(
        select(DocumentRow.body).where(DocumentRow.hash == digest, DocumentRow.kind == kind)
    )


_ROADS = text("""
SELECT DISTINCT roads ->> 'data', split_part(roads ->> 'version', '/', 1)
FROM (SELECT body::jsonb #> '{travel,roads}' AS roads FROM documents WHERE kind = 'snapshot') told
WHERE roads ->> 'data' IS NOT NULL
""")


def roads_named(session: Session) -> set[tuple[str, str]]:
    """Return by which road data, and by which program's, the plans that are kept were made."""
    return {(row[0], row[1]) for row in session.execute(_ROADS)}
