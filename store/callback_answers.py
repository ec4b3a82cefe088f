"""What a callback came to: every attempt kept, an outcome given, a dark home passed on."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from domain import ids
from domain.actions import Action, Reopen
from domain.actor import Actor
from domain.callback import Answers, Outcome, next_try, outcome_of
from domain.errors import Refused
from domain.kinds import Role
from domain.policy import Policy
from domain.value import Value
from store import hands, outbox, policies
from store.refusals import translated
from store.tables.callbacks import CallbackAttemptRow


class Result(StrEnum):
    """Whether anybody answered; `unreached` gives up after the last try."""

    UNANSWERED = "unanswered"
    ANSWERED = "answered"
    UNREACHED = "unreached"


class Attempt(Value):
    """One try to reach a reporter; `action_id` makes sending it again harmless.

    `answers` is given exactly when somebody answered; `asked_by` is the machine that told it.
    """

    id: str
    action_id: str
    callback_id: str
    agent: str
    asked_by: str | None = None
    role: Role = Role.CALLBACK_AGENT
    at: AwareDatetime
    result: Result
    answers: Answers | None = None
    note: str | None = Field(default=None, max_length=2000)


class Recorded(Value):
    """What an attempt came to; `remaining` calls of this restoration are still open."""

    callback_id: str
    outage_id: str
    outcome: str | None
    remaining: int
    next_attempt_at: AwareDatetime | None = None
    repeated: bool = False


_HELD = text("""
SELECT c.id, c.outage_id, c.report_id, c.restoration_no, c.state, c.outcome, c.attempts,
       c.next_attempt_at, c.district_id, c.silent_at, o.policy_hash, d.time_zone
FROM callbacks c
JOIN outages o ON o.id = c.outage_id
JOIN districts d ON d.id = c.district_id
WHERE c.id = :callback
FOR UPDATE OF c
""")
_REMAINING = text("""
SELECT count(*) FROM callbacks
WHERE outage_id = :outage AND restoration_no = :restoration_no AND state = 'open'
""")
_ANSWERED = text("""
UPDATE callbacks SET attempts = attempts + 1, state = :state, outcome = :outcome,
    next_attempt_at = :next_attempt_at, claimed_by = NULL, claimed_until = NULL
WHERE id = :callback
""")
_OUTCOME = text("""
UPDATE reports SET outcome = :outcome, outcome_at = :at WHERE id = :report AND outcome IS NULL
""")


def record(session: Session, attempt: Attempt, *, real_now: datetime | None = None) -> Recorded:
    """Keep an attempt and what follows from it; tells the campaign, and a dark home's outage.

    Raises Refused: callback_unknown, callback_answered_already, answers_needed,
    answers_not_wanted, tries_left, executor_may_not_judge.
    """
    row = session.execute(_HELD, {"callback": attempt.callback_id}).one_or_none()
    if row is None:
        raise Refused("callback_unknown", callback=attempt.callback_id)
    known = session.scalar(
        select(CallbackAttemptRow.id).where(CallbackAttemptRow.action_id == attempt.action_id)
    )
    if known is not None:
        return _recorded(session, row, row.outcome, row.next_attempt_at, repeated=True)
    policy = policies.pinned(session, row.policy_hash)
    _check(row, attempt, policy)
    if attempt.asked_by is not None and hands.had(session, row.outage_id, attempt.asked_by):
        raise Refused("executor_may_not_judge")
    with translated():
        session.execute(insert(CallbackAttemptRow), [_attempt_row(attempt)])
    return _follow(session, row, attempt, policy, real_now or datetime.now(UTC))


def _check(row: Any, attempt: Attempt, policy: Policy) -> None:
    if row.state != "open":
        raise Refused("callback_answered_already", callback=row.id)
    answered = attempt.result is Result.ANSWERED
    if answered and attempt.answers is None:
        raise Refused("answers_needed", pointer="/answers")
    if attempt.answers is not None and not answered:
        raise Refused("answers_not_wanted", pointer="/answers")
    last = row.attempts + 1 >= policy.callbacks.tries
    if attempt.result is Result.UNREACHED and not last:
        raise Refused("tries_left", pointer="/result", tries=policy.callbacks.tries)


def _attempt_row(attempt: Attempt) -> dict[str, Any]:
    answers = attempt.answers
    supply = None
    if answers is not None:
        supply = "still_off" if answers.still_off else "on"
    return {
        "id": attempt.id,
        "action_id": attempt.action_id,
        "callback_id": attempt.callback_id,
        "agent": attempt.agent,
        "at": attempt.at,
        "result": attempt.result.value,
        "contacted_on_arrival": answers.contacted_on_arrival if answers else None,
        "commitment_kept": answers.commitment_kept if answers else None,
        "satisfied": answers.satisfied if answers else None,
        "supply": supply,
        "note": attempt.note,
    }


def _follow(
    session: Session, row: Any, attempt: Attempt, policy: Policy, real_now: datetime
) -> Recorded:
    """Give the callback and its report their outcome, and leave word for the workflows."""
    outcome = _outcome(attempt, of_meter=row.silent_at is not None)
    again = row.next_attempt_at
    if outcome is None:
        again = next_try(attempt.at, row.time_zone, policy)
    session.execute(
        _ANSWERED,
        {
            "callback": row.id,
            "state": "open" if outcome is None else "done",
            "outcome": outcome,
            "next_attempt_at": again,
        },
    )
    if outcome == "still_off":
        _reopen(session, row, attempt, real_now)
    elif outcome is not None:
        session.execute(_OUTCOME, {"outcome": outcome, "at": attempt.at, "report": row.report_id})
    campaign = ids.callbacks_workflow(row.outage_id, row.restoration_no)
    body = {"outage": row.outage_id, "restoration_no": row.restoration_no}
    outbox.put(session, "answered", campaign, body, district_id=row.district_id, at=real_now)
    return _recorded(session, row, outcome, again)


def _outcome(attempt: Attempt, *, of_meter: bool) -> str | None:
    if attempt.result is Result.UNREACHED:
        # Nobody asked to be called: what is known of a silent meter is that it is silent.
        return (Outcome.METER_SILENT if of_meter else Outcome.UNREACHED).value
    if attempt.answers is None:
        return None
    outcome = outcome_of(attempt.answers)
    return "still_off" if outcome is None else outcome.value


def _reopen(session: Session, row: Any, attempt: Attempt, real_now: datetime) -> None:
    action = Action(
        id=f"{attempt.action_id}/reopen",
        actor=Actor(subject=attempt.agent, role=attempt.role),
        what=Reopen(report=row.report_id),
    )
    body = {"outage": row.outage_id, "action": action.model_dump(mode="json")}
    key = ids.outage_workflow(row.outage_id)
    outbox.put(session, "act", key, body, district_id=row.district_id, at=real_now)


def _recorded(
    session: Session,
    row: Any,
    outcome: str | None,
    again: datetime | None,
    *,
    repeated: bool = False,
) -> Recorded:
    remaining = session.scalar(
        _REMAINING, {"outage": row.outage_id, "restoration_no": row.restoration_no}
    )
    return Recorded(
        callback_id=row.id,
        outage_id=row.outage_id,
        outcome=outcome,
        remaining=remaining or 0,
        next_attempt_at=again if outcome is None else None,
        repeated=repeated,
    )
