"""What a customer is told of an arrival: a time that is kept more often than not."""

from datetime import datetime, timedelta
from math import exp
from statistics import NormalDist

from domain.outage import Outage
from domain.planning import Planning
from domain.policy import Policy

_BELL = NormalDist()


def margin(planning: Planning) -> float:
    """Return by how much longer than its middle a drive is told, as a factor.

    Drives are taken as lognormal about the middle that plans go by; with a quantile of one half
    they are told as they are planned.
    """
    return exp(_BELL.inv_cdf(planning.told_quantile) * planning.drive_spread)


def expected_by(outage: Outage, policy: Policy) -> datetime | None:
    """Return by when a crew should be there, as a customer is told, or None while nobody can say.

    What lies between the order, or a later word of another time, and the arrival is told longer by
    the margin. Nothing is told of
    orders that nobody was sent to, and of those where somebody is already.
    """
    coming = []
    for task in outage.open_tasks:
        if task.arrived_at is not None:
            return None
        if task.crew is not None and task.eta is not None and task.dispatched_at is not None:
            coming.append((task.eta, task.rescheduled_at or task.dispatched_at))
    if not coming:
        return None
    eta, since = min(coming)
    ahead = max((eta - since).total_seconds(), 0.0)
    return eta + timedelta(seconds=round(ahead * (margin(policy.planning) - 1)))
