"""Moving reports from one order to another: kept for the story, told to the order they go to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from domain import ids


@dataclass(frozen=True)
class ReportsMove:
    """Reports that go from one order to another: all of the giver's where none are named."""

    regrouping: str
    giver: str
    taker: str
    deadline: datetime
    now: datetime
    reports: Sequence[str] | None = None


# What was told is never made later: of both times the earlier one stands.
_MOVE = text("""
WITH before AS (
    SELECT id, promised_arrival_at AS told FROM reports
    WHERE outage_id = :giver AND (CAST(:reports AS text[]) IS NULL OR id = ANY(:reports))
    FOR UPDATE
), moved AS (
    UPDATE reports r SET outage_id = :taker,
        promised_arrival_at = least(b.told, CAST(:deadline AS timestamptz))
    FROM before b WHERE r.id = b.id
    RETURNING r.id, b.told, r.promised_arrival_at AS stands
)
INSERT INTO report_moves (regrouping_id, report_id, from_outage_id, to_outage_id, told, stands, at)
SELECT :regrouping, id, :giver, :taker, told, stands, :now FROM moved
""")
_NO_MORE_CALLS = text("""
UPDATE callbacks SET state = 'done', outcome = 'superseded', claimed_by = NULL
WHERE outage_id = :giver AND state = 'open'
    AND (CAST(:reports AS text[]) IS NULL OR report_id = ANY(:reports))
""")
_TELL = text("""
INSERT INTO outbox (kind, key, body, district_id, at, available_at)
SELECT 'reported', :key, jsonb_build_object('outage', o.id, 'seq', o.report_watermark),
    o.district_id, :real_now, :real_now
FROM outages o WHERE o.id = :outage
""")


def move(connection: Connection, asked: ReportsMove) -> None:
    """Move reports and note what was promised to each; who gave them calls nobody about them."""
    given = {
        "regrouping": asked.regrouping,
        "giver": asked.giver,
        "taker": asked.taker,
        "deadline": asked.deadline,
        "now": asked.now,
        "reports": None if asked.reports is None else list(asked.reports),
    }
    connection.execute(_MOVE, given)
    connection.execute(_NO_MORE_CALLS, given)


def tell(connection: Connection, outage: str) -> None:
    """Let an order hear that it has reports, as if they had just come."""
    given = {"outage": outage, "key": ids.outage_workflow(outage), "real_now": datetime.now(UTC)}
    connection.execute(_TELL, given)
