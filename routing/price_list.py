"""The planner's prices as a policy names them."""

from domain.policy import Policy
from routing.prices import Prices


def prices_of(policy: Policy) -> Prices:
    """Return the prices of one policy; a price it does not name is the planner's own."""
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
    )
