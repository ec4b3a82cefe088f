"""Forgetting a person: finding the reports, weighing what is still owed, letting the person go.

The facts stay. What stays of the person is a list of report ids, so that a restored backup can be
made to forget them again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain import ids
from domain.callback import Outcome
from domain.errors import Refused
from domain.kinds import Role
from domain.outage import Outage
from store import erasures, outbox, people
from store.tables.erasures import ErasureRow, ForgottenRow
from store.tables.signing_in import PersonRow

LEAST_DIGITS = 5
# A number with its country code ends like the same number without it.
NATIONAL_DIGITS = 10


@dataclass(frozen=True)
class Found:
    """A report of the person.

    `owed` while nobody has called back, `danger` while a life hangs on the order.
    """

    report_id: str
    number: int
    outage_number: int | None
    received_at: datetime
    owed: bool
    danger: bool
    forgotten: bool


@dataclass(frozen=True)
class Forgotten:
    """What was done: its number among the erasures, rows by kind, calls called off."""

    erasure_id: int
    counts: dict[str, int]
    withdrawn: int


@dataclass(frozen=True)
class Tombstone:
    """A report to be forgotten again where it comes back; it leads to nobody by itself."""

    report_id: str
    at: datetime
    why: str


_SAME = """SELECT k.id FROM {} k,
        LATERAL (SELECT regexp_replace(k.{}, '[^0-9]', '', 'g') AS digits) d
    WHERE d.digits = :digits OR least(length(d.digits), length(:digits)) >= :national
        AND (right(d.digits, length(:digits)) = :digits
            OR right(:digits, length(d.digits)) = d.digits)"""
_WHOSE = {
    "phone": "r.id IN ({}) OR r.customer_id IN ({})".format(
        _SAME.format("reports", "reporter_phone"), _SAME.format("customers", "phone")
    ),
    "report": "r.id = :report OR CAST(r.number AS text) = :report",
    "subject": "r.source = 'customer/' || CAST(:subject AS text)",
    "reports": "r.id = ANY(:reports)",
}
_FIND = """
SELECT r.id AS report_id, r.number, o.number AS outage_number, r.received_at,
       r.outcome IS NULL AS owed, r.forgotten_at IS NOT NULL AS forgotten,
       o.sealed_at, o.state, o.hazards, o.life_support
FROM reports r LEFT JOIN outages o ON o.id = r.outage_id
WHERE {whose}
ORDER BY r.seq
"""
_FINDS = {name: text(_FIND.format(whose=whose)) for name, whose in _WHOSE.items()}
_HELD = text(_FIND.format(whose=_WHOSE["reports"]) + " FOR UPDATE OF r")


def by_phone(session: Session, phone: str) -> list[Found]:
    """Find the reports of a telephone number, and those of the customer it is registered for.

    Raises Refused phone_too_short.
    """
    digits = "".join(each for each in phone if each in "0123456789")
    if len(digits) < LEAST_DIGITS:
        raise Refused("phone_too_short", least=LEAST_DIGITS)
    return _found(session, "phone", digits=digits, national=NATIONAL_DIGITS)


def by_report(session: Session, report: str) -> list[Found]:
    """Find a report by its id or its number."""
    return _found(session, "report", report=report)


def by_subject(session: Session, subject: str) -> list[Found]:
    """Find the reports a customer sent from an account."""
    return _found(session, "subject", subject=subject)


def _found(session: Session, whose: str, **given: object) -> list[Found]:
    return [_seen(row) for row in session.execute(_FINDS[whose], given)]


def _seen(row: Any) -> Found:
    return Found(
        row.report_id,
        row.number,
        row.outage_number,
        row.received_at,
        row.owed,
        _danger(row),
        row.forgotten,
    )


def _danger(row: Any) -> bool:
    """Tell whether somebody still needs the place and the words of the reports to save a life."""
    if row.outage_number is None or row.sealed_at is not None:
        return False
    if row.state is None:
        return bool(row.hazards or row.life_support)
    state = Outage.model_validate(row.state)
    return state.danger or (row.life_support and state.dark)


# In the order in which everybody takes them: first the callbacks, then the reports.
_HOLD_CALLS = text("""
SELECT FROM callbacks WHERE report_id = ANY(:reports) ORDER BY id FOR UPDATE
""")
_WITHDRAW = text("""
UPDATE reports SET outcome = :outcome, outcome_at = :at
WHERE id = ANY(:reports) AND outcome IS NULL RETURNING id
""")
_CALL_OFF = text("""
UPDATE callbacks SET state = 'done', outcome = :outcome, claimed_by = NULL, claimed_until = NULL
WHERE report_id = ANY(:reports) AND state = 'open'
RETURNING outage_id, restoration_no, district_id
""")


def forget(
    session: Session,
    reports: Sequence[str],
    *,
    at: datetime,
    real_now: datetime,
    by: str,
    why: str,
    even_if_open: bool = False,
    account: str | None = None,
) -> Forgotten:
    """Forget the person behind some reports, and note that it was done.

    A customer's `account` at the local issuer is closed with it. Raises Refused: forget_staff,
    forget_danger_open, always; forget_still_owed, unless `even_if_open`: then the callback owed
    is called off at the person's own wish.
    """
    given = {"reports": list(reports)}
    session.execute(_HOLD_CALLS, given)
    held = [_seen(row) for row in session.execute(_HELD, given)]
    danger = sorted({each.outage_number for each in held if each.danger and each.outage_number})
    if danger:
        raise Refused("forget_danger_open", outages=danger)
    owed = sorted(each.number for each in held if each.owed)
    if owed and not even_if_open:
        raise Refused("forget_still_owed", reports=owed)
    if account is not None:
        _close(session, account, real_now)
    withdrawn = _withdraw(session, reports, at, real_now)
    return _let_go(session, reports, withdrawn, at=at, by=by, why=why)


def _close(session: Session, account: str, real_now: datetime) -> None:
    """Close a customer's account; that of a member of staff is closed where staff are kept."""
    person = session.get(PersonRow, account)
    if person is None:
        return
    if any(grant.get("role") != Role.CUSTOMER.value for grant in person.grants):
        raise Refused("forget_staff", subject=account)
    people.disable(session, account, real_now)


def _withdraw(session: Session, reports: Sequence[str], at: datetime, real_now: datetime) -> int:
    """Call off what is owed to these reporters, and tell the campaigns that wait for them."""
    given = {"reports": list(reports), "outcome": Outcome.WITHDRAWN.value}
    withdrawn = session.execute(_WITHDRAW, given | {"at": at}).all()
    for row in set(session.execute(_CALL_OFF, given).all()):
        campaign = ids.callbacks_workflow(row.outage_id, row.restoration_no)
        body = {"outage": row.outage_id, "restoration_no": row.restoration_no}
        outbox.put(session, "answered", campaign, body, district_id=row.district_id, at=real_now)
    return len(withdrawn)


def _let_go(
    session: Session, reports: Sequence[str], withdrawn: int, *, at: datetime, by: str, why: str
) -> Forgotten:
    erasure, counts = erasures.erase_persons(session, reports, at=at, by=by, why=why)
    rows = [{"report_id": report, "erasure_id": erasure} for report in reports]
    if rows:
        session.execute(insert(ForgottenRow).on_conflict_do_nothing(), rows)
    return Forgotten(erasure, counts, withdrawn)


def tombstones(session: Session) -> list[Tombstone]:
    """List every report whose person asked to be forgotten, in the order of asking."""
    query = (
        select(ForgottenRow.report_id, ErasureRow.at, ErasureRow.why)
        .join(ErasureRow, ErasureRow.id == ForgottenRow.erasure_id)
        .order_by(ErasureRow.id, ForgottenRow.report_id)
    )
    return [Tombstone(*row) for row in session.execute(query)]


def reapply(
    session: Session,
    kept: Iterable[str] = (),
    *,
    at: datetime,
    real_now: datetime,
    by: str = "restore",
) -> Forgotten | None:
    """Forget again, in a restored database, the reports it knows of and those `kept` outside.

    Nothing is asked: what stood against it then is over. None when there is nobody to forget.
    """
    noted = {stone.report_id for stone in tombstones(session)}
    wanted = noted | set(kept)
    back = _found(session, "reports", reports=sorted(wanted))
    reports = {each.report_id for each in back if not each.forgotten} | (wanted - noted)
    if not reports:
        return None
    session.execute(_HOLD_CALLS, {"reports": sorted(reports)})
    withdrawn = _withdraw(session, sorted(reports), at, real_now)
    return _let_go(session, sorted(reports), withdrawn, at=at, by=by, why="again")
