"""The planner's hand: on its own queue, so that a hanging solver holds nothing else up."""

from collections.abc import Callable

from temporalio import activity

from workflows import messages as m
from workflows.hands import PlannerHands


class PlannerWork(PlannerHands):
    """Plans districts."""

    def __init__(self, plan: Callable[[m.PlanAsk], m.PlanBrief]) -> None:
        """Have plans made, checked and kept by `plan`, wherever that is done."""
        self._plan = plan

    @activity.defn
    def plan_district(self, ask: m.PlanAsk) -> m.PlanBrief:
        """Plan a district, check the plan by independent code, and keep both by hash."""
        return self._plan(ask)
