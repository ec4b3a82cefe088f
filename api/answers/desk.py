"""Answers of the desk: pages, callbacks and dead letters."""

from typing import Any, Literal

from api.answers.base import Answer, Moment, Names


class PagedOutage(Answer):
    """The outage a page is about."""

    id: str | None
    number: int | None


class PageShown(Answer):
    """A rung of a ladder that was paged to a role."""

    id: str
    outage: PagedOutage
    district: str
    ladder: str
    percent: int
    to: str
    rung: str | None
    due: Moment | None
    late_s: int | None
    call_customer: bool
    at: Moment
    acknowledged_at: Moment | None
    acknowledged_by: str | None
    told: Names


class Questions(Answer):
    """The fixed questions in the agent's language."""

    contacted_on_arrival: str
    commitment_kept: str
    satisfied: str
    still_off: str


class NextCallShown(Answer):
    """The reporter to call next; what the crew claims is not in it.

    With `silent_meter_since` nobody reported: the meter of this customer has not said since then
    that its supply is back, and the customer is asked instead. At `customer_side` the network was
    whole: `still_off` is asked about the supply up to the customer's own meter.
    """

    id: str
    outage_id: str
    outage_number: int
    restoration_no: int
    report_id: str
    report_number: int
    reporter_name: str | None
    reporter_phone: str | None
    address: str | None
    address_en: str | None
    note: str | None
    received_at: Moment
    promised_arrival_at: Moment | None
    due_by: Moment
    attempts: int
    claimed_until: Moment
    last_chance: bool
    silent_meter_since: Moment | None
    customer_side: bool
    questions: Questions


class AttemptKept(Answer):
    """What an attempt came to, and how many calls of this restoration are open."""

    callback: str
    attempt: str
    outcome: str | None
    remaining: int
    next_attempt_at: Moment | None
    repeated: bool


class CallbackShown(Answer):
    """A callback with every attempt made.

    While it awaits a `meter`, nobody is called: until `next_attempt_at` the meter may say that its
    supply is back. `silent_at` is when it had not.
    """

    id: str
    outage_id: str | None
    outage_number: int | None
    report_id: str
    report_number: int
    district_id: str
    restoration_no: int
    due_from: Moment
    due_by: Moment
    state: str
    outcome: str | None
    attempts: int
    next_attempt_at: Moment
    claimed_by: str | None
    awaits: Literal["call", "meter"]
    silent_at: Moment | None
    tries: list[dict[str, Any]]


class DeadLetter(Answer):
    """A message given up after too many tries."""

    id: int
    kind: str
    key: str
    district: str | None
    at: Moment
    attempts: int
    last_error: str | None
    dead_at: Moment


class Revived(Answer):
    """A dead letter that will be tried again."""

    id: int
    revived: bool
