"""How what happens to the order as a whole changes it: reports, supply, callbacks, close."""

from collections.abc import Callable
from typing import Any

from domain import events as e
from domain.kinds import foremost
from domain.outage import DARK, ON_SITE, Outage, Stage, TaskState

Step = Callable[[Outage, Any, e.Event], Outage]
"""A step takes the outage, the happening and the event around it, and returns the outage after."""


def _with(outage: Outage, **changes: object) -> Outage:
    return outage.model_copy(update=changes)


PLACES_KEPT = 8


def customers_by(outage: Outage, told: int) -> int:
    """Return how many customers the order counts when reports tell of so many.

    The device that somebody confirmed knows better than any number of reports.
    """
    return outage.customers if outage.device is not None else max(outage.customers, told)


def reports_taken(outage: Outage, what: e.ReportsTaken) -> Outage:
    """Return the outage after a tally; each part only grows, so their order is nothing.

    A report that joined at the last moment, after restoration, must be called back too. A danger
    named again after it was made safe is a new one: every danger counts as open then.
    """
    changes: dict[str, object] = {
        "reports": max(outage.reports, what.reports),
        "watermark": max(outage.watermark, what.watermark),
        "clock_start": min(outage.clock_start, what.clock_start),
        "hazards": outage.hazards | what.hazards,
        "hazards_watermark": max(outage.hazards_watermark, what.hazards_watermark),
        "life_support": outage.life_support or what.life_support,
        "customers": customers_by(outage, what.customers),
        "key_class": foremost((outage.key_class, what.key_class)),
    }
    if outage.stage in DARK:  # customers newly known are off; the known ones may be back
        newly_known = customers_by(outage, what.customers) - outage.customers
        changes["customers_off"] = outage.customers_off + newly_known
    if what.hazards_watermark > outage.cleared_watermark:
        changes["cleared_hazards"] = frozenset()
    if what.reports > outage.reports and not outage.dark:
        changes["callbacks_opened"] = outage.restoration_no - 1
        changes["callbacks_finished"] = outage.restoration_no - 1
    return _with(outage, **changes)


def _taken(outage: Outage, what: e.ReportsTaken, _event: e.Event) -> Outage:
    return reports_taken(outage, what)


def _confirmed(outage: Outage, _what: e.Confirmed, _event: e.Event) -> Outage:
    return _with(outage, stage=Stage.CONFIRMED)


def _device_confirmed(outage: Outage, what: e.DeviceConfirmed, _event: e.Event) -> Outage:
    """Take place and size from the device; who was brought back before stays back."""
    back = outage.customers - outage.customers_off
    return _with(
        outage,
        device=what.network_device,
        customers=what.customers,
        customers_off=max(1, what.customers - back),
        at=what.place,
        seen_at=(*outage.seen_at, outage.at)[-PLACES_KEPT:],
    )


def _rung_climbed(outage: Outage, what: e.RungClimbed, _event: e.Event) -> Outage:
    return _with(outage, climbed=(*outage.climbed, what.rung))


def _rung_acknowledged(outage: Outage, what: e.RungAcknowledged, _event: e.Event) -> Outage:
    return _with(outage, acknowledged_rungs=(*outage.acknowledged_rungs, what.rung))


def _estimate_given(outage: Outage, what: e.EstimateGiven, _event: e.Event) -> Outage:
    return _with(outage, etr=what.etr, etr_source=what.source)


def _rules_raised(outage: Outage, what: e.RulesRaised, _event: e.Event) -> Outage:
    return _with(outage, rules_version=what.rules_version)


def _urged(outage: Outage, _what: e.Urged, _event: e.Event) -> Outage:
    return outage


def _partly_restored(outage: Outage, what: e.PartlyRestored, _event: e.Event) -> Outage:
    return _with(outage, stage=Stage.PARTIALLY_RESTORED, customers_off=what.customers_off)


def _restored(outage: Outage, what: e.Restored, _event: e.Event) -> Outage:
    return _with(
        outage,
        stage=Stage.RESTORED,
        customers_off=0,
        temporary=what.temporary,
        restored_at=what.restored_at,
        restoration_no=what.restoration_no,
        resolution=what.resolution,
        etr=None,
        etr_source=None,
    )


def _field_completed(outage: Outage, _what: e.FieldCompleted, event: e.Event) -> Outage:
    return _with(outage, stage=Stage.VERIFYING, completed_at=event.at)


def _verified(outage: Outage, _what: e.Verified, _event: e.Event) -> Outage:
    return _with(outage, stage=Stage.CALLBACK)


def _callbacks_opened(outage: Outage, what: e.CallbacksOpened, _event: e.Event) -> Outage:
    return _with(outage, callbacks_opened=what.restoration_no)


def _callbacks_finished(outage: Outage, what: e.CallbacksFinished, _event: e.Event) -> Outage:
    return _with(outage, callbacks_finished=what.restoration_no)


def _seal_refused(outage: Outage, _what: e.SealRefused, _event: e.Event) -> Outage:
    again = outage.restoration_no - 1
    return _with(outage, callbacks_opened=again, callbacks_finished=again)


def _still_off(outage: Outage, what: e.StillOff, event: e.Event) -> Outage:
    """Reopen under the old start time; a crew still on site has kept the arrival promise."""
    if not what.reopens:
        return outage
    again = outage.reopened + 1
    on_site = any(task.state in ON_SITE for task in outage.tasks)
    waiting = {"queued_at": event.at}
    return _with(
        outage,
        stage=Stage.CONFIRMED,
        customers_off=max(1, outage.customers_off),
        reopened=again,
        arrived_cycle=again if on_site else outage.arrived_cycle,
        tasks=tuple(
            task.model_copy(update=waiting) if task.state is TaskState.QUEUED else task
            for task in outage.tasks
        ),
        restored_at=None,
        completed_at=None,
        resolution=None,
        temporary=False,
    )


def _plan_ended(outage: Outage, what: e.PlanEnded, _event: e.Event) -> Outage:
    return _with(outage, planned_until=None, clock_start=what.clock_start)


def _closed(outage: Outage, _what: e.Closed, event: e.Event) -> Outage:
    return _with(outage, stage=Stage.CLOSED, closed_at=event.at)


OUTAGE_STEPS: dict[str, Step] = {
    "reports_taken": _taken,
    "confirmed": _confirmed,
    "device_confirmed": _device_confirmed,
    "rung_climbed": _rung_climbed,
    "rung_acknowledged": _rung_acknowledged,
    "estimate_given": _estimate_given,
    "rules_raised": _rules_raised,
    "urged": _urged,
    "partly_restored": _partly_restored,
    "restored": _restored,
    "field_completed": _field_completed,
    "verified": _verified,
    "callbacks_opened": _callbacks_opened,
    "callbacks_finished": _callbacks_finished,
    "seal_refused": _seal_refused,
    "still_off": _still_off,
    "plan_ended": _plan_ended,
    "closed": _closed,
}
