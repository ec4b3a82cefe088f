"""Rules of what is said about the order as a whole: reports, estimates, urging, alerts taken."""

from domain import actions as a
from domain import events as e
from domain.case import Case, Happenings, confirm
from domain.device import ConfirmDevice
from domain.errors import Refused
from domain.kinds import foremost
from domain.outage import Outage
from domain.outage_steps import customers_by, reports_taken
from domain.policy import Policy
from domain.work import work_needed


def take_reports(case: Case, what: a.TakeReports) -> Happenings:
    """Hear of reports; a tally that says nothing new changes nothing."""
    taken = e.ReportsTaken(**dict(what.tally))
    if not _says_more(case.outage, taken):
        return ()
    return (taken, *after_reports(case.outage, taken, case.policy))


def _says_more(outage: Outage, taken: e.ReportsTaken) -> bool:
    return (
        taken.watermark > outage.watermark
        or taken.reports > outage.reports
        or taken.clock_start < outage.clock_start
        or customers_by(outage, taken.customers) > outage.customers
        or taken.hazards_watermark > outage.hazards_watermark
        or not taken.hazards <= outage.hazards
        or (taken.life_support and not outage.life_support)
        or foremost((outage.key_class, taken.key_class)) is not outage.key_class
    )


def after_reports(outage: Outage, taken: e.ReportsTaken, policy: Policy) -> Happenings:
    """Return what reports lead to: two confirm an outage, and a new danger needs a crew."""
    told = reports_taken(outage, taken)
    confirmed = confirm(outage, "reports") if told.reports >= 2 else ()
    return (*confirmed, *work_needed(told, policy))


def confirm_by_person(_case: Case, _what: a.Confirm) -> Happenings:
    """Confirm on a person's word."""
    return (e.Confirmed(by_evidence="person"),)


def confirm_device(case: Case, what: ConfirmDevice) -> Happenings:
    """Say which device is open; that it is the one already known, with as many below, is no news.

    The outage is more than a guess from here on.
    """
    outage, held = case.outage, what.held
    if outage.planned_until is not None:
        raise Refused("planned_work_on", until=outage.planned_until.isoformat())
    if held is None:
        raise Refused("device_unknown", pointer="/network_device", device=what.network_device)
    customers = max(1, held.customers)
    same = outage.device == what.network_device
    if same and (outage.customers, outage.at) == (customers, held.place):
        return ()
    said = e.DeviceConfirmed(
        network_device=what.network_device,
        device_kind=held.kind,
        place=held.place,
        customers=customers,
        was=None if same else outage.device,
    )
    return (*confirm(outage, "device"), said)


def give_estimate(case: Case, what: a.GiveEstimate) -> Happenings:
    """Say when supply is expected back; the time must lie ahead."""
    if what.etr <= case.now:
        raise Refused("estimate_in_the_past", pointer="/etr")
    return (e.EstimateGiven(etr=what.etr, source=case.actor.role.value),)


def urge(_case: Case, what: a.Urge) -> Happenings:
    """Chase the order."""
    return (e.Urged(reason=what.reason),)


def acknowledge_rung(case: Case, what: a.AcknowledgeRung) -> Happenings:
    """Take over what was paged, once."""
    if what.rung not in case.outage.climbed:
        raise Refused("rung_unknown", pointer="/rung")
    if what.rung in case.outage.acknowledged_rungs:
        raise Refused("rung_already_acknowledged", pointer="/rung")
    return (e.RungAcknowledged(rung=what.rung),)


def raise_rules(case: Case, what: a.RaiseRules) -> Happenings:
    """Pin the outage to newer rules; they never go back."""
    if what.to <= case.outage.rules_version:
        raise Refused("nothing_to_do", action=what.kind)
    return (e.RulesRaised(rules_version=what.to),)
