"""Folding events into an outage: one pure step per happening."""

from collections.abc import Iterable

from domain import events as e
from domain.kinds import Role
from domain.outage import Answered, Outage
from domain.outage_steps import OUTAGE_STEPS
from domain.regrouping_steps import REGROUPING_STEPS
from domain.task_steps import TASK_STEPS

REMEMBERED_ACTIONS = 64
"""How many answers an outage keeps; an older id is answered from the event table."""

STEPS = OUTAGE_STEPS | TASK_STEPS | REGROUPING_STEPS


def evolve(outage: Outage | None, event: e.Event, *, outage_id: str | None = None) -> Outage:
    """Return the outage after an event; the first event of all opens it.

    Raises ValueError when the event's number does not follow on.
    """
    if outage is None:
        if event.seq != 1 or not isinstance(event.what, e.Opened) or outage_id is None:
            raise ValueError("the first event of an outage is `opened` with number 1")
        return _opened(outage_id, event.what)
    if event.seq != outage.seq + 1:
        raise ValueError(f"event {event.seq} does not follow {outage.seq}")
    if event.what.kind not in STEPS:
        raise ValueError(f"`{event.what.kind}` cannot follow: the outage is open already")
    after = STEPS[event.what.kind](outage, event.what, event)
    return _remember(after.model_copy(update={"seq": event.seq}), event)


def fold(outage_id: str, events: Iterable[e.Event]) -> Outage:
    """Return the outage after all events from the first."""
    state: Outage | None = None
    for event in events:
        state = evolve(state, event, outage_id=outage_id)
    if state is None:
        raise ValueError(f"no events for {outage_id}")
    return state


def _opened(outage_id: str, what: e.Opened) -> Outage:
    return Outage(
        id=outage_id,
        seq=1,
        district=what.district,
        area_class=what.area_class,
        policy_hash=what.policy_hash,
        rules_version=what.rules_version,
        opened_at=what.opened_at,
        clock_start=what.clock_start,
        at=what.place,
        parent=what.parent,
        key_class=what.key_class,
        customers=what.customers,
        customers_off=what.customers,
        planned_until=what.planned_until,
        restoration_no=what.restorations,
    )


def _remember(outage: Outage, event: e.Event) -> Outage:
    """Keep what an action came to, so that a retry gets the same answer."""
    if event.action_id is None or event.actor.role is Role.SYSTEM:
        return outage
    answer = Answered(
        action_id=event.action_id, seq=event.seq, stage=outage.stage, status=outage.status
    )
    kept = [a for a in outage.answered if a.action_id != event.action_id]
    return outage.model_copy(update={"answered": (*kept, answer)[-REMEMBERED_ACTIONS:]})
