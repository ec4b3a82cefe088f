"""Calling back: when to try, how often, and what an answer means."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from domain.field import Verdict
from domain.policy import Policy
from domain.value import Value


class Outcome(StrEnum):
    """How a callback ended; every report has one before its outage closes.

    `withdrawn` is given at the reporter's own wish to be forgotten, and by nobody else. A meter is
    no person: it confirms by saying that its supply is back, or it is silent.
    """

    SATISFIED = "satisfied"
    UNSATISFIED = "unsatisfied"
    UNREACHED = "unreached"
    WITHDRAWN = "withdrawn"
    METER_CONFIRMED = "meter_confirmed"
    METER_SILENT = "meter_silent"


class Answers(Value):
    """The three fixed questions and whether the light is on."""

    contacted_on_arrival: bool | None = None
    commitment_kept: bool | None = None
    satisfied: bool | None = None
    still_off: bool = False


def first_try(restored_at: datetime, zone: str, policy: Policy) -> datetime:
    """Return when a reporter is first called after restoration."""
    earliest = restored_at + timedelta(minutes=policy.callbacks.first_after_min)
    return into_window(earliest, zone, policy)


def silent_from(restored_at: datetime, policy: Policy) -> datetime:
    """Return from when on a meter counts as silent that has not said that its supply is back."""
    return restored_at + timedelta(minutes=policy.meters.power_on_within_min)


def next_try(last_try: datetime, zone: str, policy: Policy) -> datetime:
    """Return when to try again after a call that was not answered."""
    later = last_try + timedelta(minutes=policy.callbacks.retry_after_min)
    return into_window(later, zone, policy)


def into_window(moment: datetime, zone: str, policy: Policy) -> datetime:
    """Move a time into the calling hours of the place, forward only."""
    local = moment.astimezone(ZoneInfo(zone))
    opens = time(policy.callbacks.window_from_hour)
    closes_hour = policy.callbacks.window_to_hour
    if local.time() < opens:
        local = datetime.combine(local.date(), opens, local.tzinfo)
    elif local.hour >= closes_hour:
        local = datetime.combine(local.date() + timedelta(days=1), opens, local.tzinfo)
    return local.astimezone(UTC)


def outcome_of(answers: Answers) -> Outcome | None:
    """Return the outcome an answer gives; none while the light is off."""
    if answers.still_off:
        return None
    return Outcome.SATISFIED if answers.satisfied else Outcome.UNSATISFIED


def discrepancies(answers: Answers, verdict: Verdict | None) -> tuple[str, ...]:
    """List where the customer's answers stand against the crew's log."""
    if verdict is None:
        return ()
    found = []
    if answers.contacted_on_arrival is False and verdict.contacted_at is not None:
        found.append("crew_logged_contact")
    if answers.commitment_kept is False and verdict.on_time:
        found.append("crew_logged_on_time")
    return tuple(found)
