"""Deciding: an outage, an action and a time give events, or a refusal with a code."""

from datetime import datetime

from domain import actions as a
from domain import closing, fieldwork, intake, merging, orders, work
from domain import events as e
from domain.actor import SYSTEM, Actor
from domain.agenda import rungs_due
from domain.case import Case, Happenings, Rule
from domain.closing import ready_to_seal
from domain.errors import Refused
from domain.evolve import evolve
from domain.outage import Outage, Stage
from domain.permission import check_time, occurred_of, permitted
from domain.policy import Policy
from domain.regrouping import Absorb

__all__ = ["KNOWN_RULES", "RULES", "RULES_VERSION", "decide", "opening_events", "ready_to_seal"]

RULES_VERSION = 2
"""The rules new outages open under; raised when the same events would be treated differently."""

KNOWN_RULES = frozenset({1, RULES_VERSION})
"""Every version this program carries; an old one stays until no outage is pinned to it."""

RULES: dict[str, Rule] = {
    "take_reports": intake.take_reports,
    "confirm": intake.confirm_by_person,
    "confirm_device": intake.confirm_device,
    "add_task": work.add_task,
    "call_crew": work.call_crew,
    "need_parts": work.need_parts,
    "cancel_task": work.cancel_task,
    "assign": orders.assign,
    "reschedule": orders.reschedule,
    "release": orders.release,
    "acknowledge": orders.acknowledge,
    "refuse": orders.refuse,
    "depart": orders.depart,
    "arrive": fieldwork.arrive,
    "contact_customer": fieldwork.contact_customer,
    "assess": fieldwork.assess,
    "make_safe": fieldwork.make_safe,
    "begin_work": fieldwork.begin_work,
    "hold": fieldwork.hold,
    "resume": fieldwork.resume,
    "restore_part": fieldwork.restore_part,
    "restore": fieldwork.restore,
    "find_customer_side": closing.find_customer_side,
    "complete": fieldwork.complete,
    "give_estimate": intake.give_estimate,
    "cancel": closing.cancel,
    "end_plan": closing.end_plan,
    "merge": merging.merge,
    "split": merging.split,
    "absorb": merging.absorb,
    "note_merge": merging.note_merge,
    "note_split": merging.note_split,
    "urge": intake.urge,
    "acknowledge_rung": intake.acknowledge_rung,
    "reopen": closing.reopen,
    "note_callbacks_opened": closing.note_callbacks_opened,
    "finish_callbacks": closing.finish_callbacks,
    "note_seal": closing.note_seal,
    "raise_rules": intake.raise_rules,
    "climb": closing.climb,
}
"""The rule of each action, asked only after the table of moves permits it."""


def decide(
    outage: Outage, action: a.Action, now: datetime, policy: Policy, rules_version: int
) -> tuple[e.Event, ...]:
    """Return the events an action leads to; none when it was done before.

    Rungs that are due by now are climbed first, so that no order of arrival loses one.
    Raises Refused with a stable code when the action may not be done.
    """
    if rules_version not in KNOWN_RULES:
        raise Refused("rules_version_unknown", version=rules_version)
    if outage.answer_to(action.id) is not None:
        return ()
    climbs = () if outage.stage is Stage.CLOSED else rungs_due(outage, now, policy)
    events = _number(outage, climbs, now)
    for event in events:
        outage = evolve(outage, event)
    task = permitted(outage, action)
    check_time(outage, task, action, now, policy)
    occurred = occurred_of(outage, action, now, policy)
    case = Case(outage, task, action.actor, now, occurred, policy)
    happenings = RULES[action.what.kind](case, action.what)
    if not happenings and not isinstance(action.what, (a.Climb, a.TakeReports, Absorb)):
        raise Refused("nothing_to_do", action=action.what.kind)
    return events + _number(
        outage, happenings, now, occurred_at=occurred, actor=action.actor, action_id=action.id
    )


def opening_events(
    what: e.Opened, tally: e.ReportsTaken, now: datetime, policy: Policy, outage_id: str
) -> tuple[e.Event, ...]:
    """Return the first events of an outage: opened, the reports so far, the work it needs."""
    first = e.Event(seq=1, at=now, occurred_at=what.opened_at, actor=SYSTEM, what=what)
    outage = evolve(None, first, outage_id=outage_id)
    led_to = intake.after_reports(outage, tally, policy)
    return (first, *_number(outage, (tally, *led_to), now))


def _number(
    outage: Outage,
    happenings: Happenings,
    at: datetime,
    *,
    occurred_at: datetime | None = None,
    actor: Actor = SYSTEM,
    action_id: str | None = None,
) -> tuple[e.Event, ...]:
    """Give happenings the numbers that follow; without a time of their own they occur now."""
    return tuple(
        e.Event(
            seq=outage.seq + number,
            at=at,
            occurred_at=at if occurred_at is None else occurred_at,
            actor=actor,
            action_id=action_id,
            what=what,
        )
        for number, what in enumerate(happenings, start=1)
    )
