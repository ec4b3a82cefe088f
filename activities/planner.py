"""The planner's hand: on its own queue, so that a hanging solver holds nothing else up."""

from sqlalchemy import Engine
from temporalio import activity

from activities.planning import Planning
from roads.choosing import Roads
from workflows import messages as m
from workflows.hands import PlannerHands


class PlannerWork(PlannerHands):
    """Plans districts."""

    def __init__(self, engine: Engine, roads: Roads | None = None) -> None:
        """Plan from one database; without roads nobody drives on streets."""
        self._planning = Planning(engine, roads)

    @activity.defn
    def plan_district(self, ask: m.PlanAsk) -> m.PlanBrief:
        """Plan a district, check the plan by independent code, and keep both by hash."""
        return self._planning.whole(ask)
