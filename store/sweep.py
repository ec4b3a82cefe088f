"""Letting go what has been kept long enough, a batch at a time, each batch noted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, TextClause, text
from sqlalchemy.orm import Session

from store import changes, erasures, installation, photos
from store.retention import Retention

BATCH = 2000
DONE = "sweep"
# Times that leases and deliveries are measured by; all others are the house clock's.
REAL_TIME = frozenset(
    {"outbox", "histories", "sign_in_codes", "refresh_tokens", "sign_in_failures"}
)


@dataclass(frozen=True)
class Swept:
    """How many rows one rule let go, or would."""

    rule: str
    rows: int


_OLD = {
    "positions": "FROM positions t WHERE t.received_at < :before",
    "power_ons": "FROM power_ons t WHERE t.received_at < :before",
    "idempotency": "FROM idempotency t WHERE t.at < :before",
    "outbox": "FROM outbox t WHERE t.done_at < :before",
    "documents": "FROM documents t WHERE t.kind <> 'policy' AND t.stored_at < :before",
    # All runs of an outage go together: a part of them cannot be replayed.
    "histories": """FROM histories t WHERE t.body <> '' AND t.archived_at < :before
        AND NOT EXISTS (SELECT FROM histories n
            WHERE n.outage_id = t.outage_id AND n.archived_at >= :before)""",
    "sign_in_codes": "FROM sign_in_codes t WHERE t.expires_at < :before",
    # All of a family go together: one used twice must still end the others.
    "refresh_tokens": """FROM refresh_tokens t WHERE NOT EXISTS (
        SELECT FROM refresh_tokens n WHERE n.family = t.family AND n.expires_at >= :before)""",
    "sign_in_failures": """FROM sign_in_failures t WHERE t.last_at < :before
        AND (t.locked_until IS NULL OR t.locked_until < :before)""",
    "persons": """FROM outages o JOIN reports t ON t.outage_id = o.id
        WHERE o.closed_at < :before AND t.forgotten_at IS NULL""",
    "photos": """FROM outages o JOIN photos t ON t.outage_id = o.id
        WHERE o.closed_at < :before AND t.received_at < :before AND t.gone_at IS NULL""",
}
# Of these the row stays, and only a part of it goes.
_EMPTIED = frozenset({"persons", "photos"})


def _picking(name: str) -> TextClause:
    shown = "t.id" if name in _EMPTIED else "CAST(t.ctid AS text)"
    return text(f"SELECT {shown} {_OLD[name]} LIMIT :batch FOR UPDATE OF t SKIP LOCKED")


def _dropping(name: str) -> TextClause:
    # Of a history the digest stays.
    do = "UPDATE {} SET body = ''" if name == "histories" else "DELETE FROM {}"
    return text(do.format(name) + " WHERE ctid = ANY(CAST(:picked AS tid[]))")


_COUNTING = {name: text(f"SELECT count(*) {old}") for name, old in _OLD.items()}
_PICKING = {name: _picking(name) for name in _OLD}
_DROPPING = {name: _dropping(name) for name in _OLD if name not in _EMPTIED}


def due(session: Session, retention: Retention, real_now: datetime) -> list[Swept]:
    """Count what would go now."""
    found = []
    for name, rule in retention.rules().items():
        before = rule.before(_now(session, name, real_now))
        rows = session.scalar(_COUNTING[name], {"before": before})
        found.append(Swept(name, int(rows or 0)))
    return found


def run(
    engine: Engine,
    retention: Retention,
    real_now: datetime,
    *,
    batch: int = BATCH,
    by: str = erasures.SWEEP,
    alive: Callable[[], None] = lambda: None,
) -> list[Swept]:
    """Let go everything due, one transaction a batch; `alive` is called between them.

    Rows that somebody holds are left to the next run. Every batch is noted, and that a run ended.
    """
    swept = []
    for name, rule in retention.rules().items():
        rows = 0
        while True:
            with Session(engine) as session, session.begin():
                before = rule.before(_now(session, name, real_now))
                gone = _one_batch(session, name, before, batch, by)
            rows += gone
            alive()
            if gone < batch:
                break
        swept.append(Swept(name, rows))
    _let_changes_go(engine, real_now, alive)
    counts = {each.rule: each.rows for each in swept if each.rows}
    with Session(engine) as session, session.begin():
        now = installation.house_now(session)
        erasures.note(session, DONE, at=now, by=by, why=erasures.RETENTION, counts=counts)
    return swept


def _let_changes_go(engine: Engine, real_now: datetime, alive: Callable[[], None]) -> None:
    """Forget what changed when; these rows say nothing else, so that is not noted."""
    gone = changes.BATCH
    while gone == changes.BATCH:
        with Session(engine) as session, session.begin():
            gone = changes.sweep(session, real_now - changes.KEPT)
        alive()


def _now(session: Session, name: str, real_now: datetime) -> datetime:
    return real_now if name in REAL_TIME else installation.clock(session).house(real_now)


def _one_batch(session: Session, name: str, before: datetime, batch: int, by: str) -> int:
    picked = list(session.scalars(_PICKING[name], {"before": before, "batch": batch}))
    if not picked:
        return 0
    at, why = installation.house_now(session), erasures.RETENTION
    if name == "persons":
        erasures.erase_persons(session, picked, at=at, by=by, why=why, before=before)
        return len(picked)
    counts = {name: len(picked)}
    erasures.note(session, name, at=at, by=by, why=why, counts=counts, before=before)
    if name == "photos":
        photos.let_go(session, picked, at)
    else:
        session.execute(_DROPPING[name], {"picked": picked})
    return len(picked)
