"""Taking one report in: where it is, its turn in line, and one short transaction."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import Engine

from api.lanes import Lane
from api.office import Office
from domain import ids
from domain.decide import RULES_VERSION
from domain.permission import check_not_ahead
from domain.policy import Policy
from domain.report import ReportDraft
from store import intake, places
from store.answers import Accepted


async def accept(
    office: Office,
    lane: Lane,
    draft: ReportDraft,
    subject: str,
    now: datetime,
    key: tuple[str, str] | None,
) -> Accepted:
    """Locate first, then wait in line in memory, then take one short transaction."""
    place = await office.take(lane, _locate, office.engine, draft, office.policy)
    check_not_ahead(draft.occurred_at, now, place.policy)
    async with office.queue.turn(place.locks, first=lane is Lane.DANGER):
        return await office.take(
            lane,
            intake.accept,
            office.engine,
            draft,
            report_id=ids.report_id(uuid4()),
            outage_id=ids.outage_id(uuid4()),
            now=now,
            subject=subject,
            idempotency=key,
            policy=office.policy,
            rules_version=RULES_VERSION,
            place=place,
        )


def _locate(engine: Engine, draft: ReportDraft, policy: Policy) -> places.Place:
    # One look-up needs no transaction around it: two round trips less per report.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        return places.locate(connection, draft, policy)
