"""The planner's prices as a policy names them."""

from collections.abc import Mapping

from domain.kinds import AreaClass
from domain.month import pressure
from domain.policy import Policy
from routing.prices import Prices

MonthSoFar = Mapping[AreaClass, float]


def prices_of(policy: Policy, month: MonthSoFar | None = None) -> Prices:
    """Return the prices of one policy; a price it does not name is the planner's own.

    `month` is the mean arrival of the month so far in minutes, of classes where anybody arrived.
    """
    planning = policy.planning
    return Prices(
        late_order=policy.late_order,
        change=planning.change,
        change_near=planning.change_near,
        freeze_s=planning.freeze_min * 60,
        away=planning.away,
        call_out=planning.recall_price,
        reserve=planning.reserve_price,
        turn=planning.turn_price,
        mean_minute=_mean_minutes(policy, month or {}),
        borrowed=planning.borrow_price,
        fair_minute=planning.fair_minute,
    )


def _mean_minutes(policy: Policy, month: MonthSoFar) -> dict[AreaClass, float]:
    """Return what a minute costs by area class where the policy promises a mean."""
    if policy.mean is None:
        return {}
    found = {
        area: policy.planning.mean_minute
        * pressure(month.get(area), getattr(policy.mean.arrival_min, area.value))
        for area in AreaClass
    }
    return {area: round(price, 4) for area, price in found.items() if price > 0}
