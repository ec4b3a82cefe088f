"""The hands as workflows know them: names and types only; activities/ gives them bodies."""

from temporalio import activity

from workflows import messages as m
from workflows import regrouping_messages as rm


class OutageHands:
    """What a repair workflow may ask for."""

    @activity.defn
    async def project(self, batch: m.Batch) -> None:
        """Write events and the state they lead to, and then tell the board if asked to."""
        raise NotImplementedError

    @activity.defn
    async def stir_board(self, district: str) -> None:
        """Tell a district's board that something changed."""
        raise NotImplementedError

    @activity.defn
    async def open_callbacks(self, ask: m.OpenCallbacks) -> None:
        """Put every reporter without an outcome on the callback list and start the campaign."""
        raise NotImplementedError

    @activity.defn
    def seal(self, ask: m.SealAsk) -> m.SealAnswer:
        """Seal the outage when every member report has an outcome."""
        raise NotImplementedError

    @activity.defn
    def unseal(self, ask: m.SealAsk) -> None:
        """Take the seal off an outage that could not close after all."""
        raise NotImplementedError

    @activity.defn
    async def start_archive(self, ask: m.ArchiveAsk) -> None:
        """Start the pass that stores the histories of a closed outage."""
        raise NotImplementedError


class RegroupingHands:
    """What a repair workflow may ask for when its order is merged or split."""

    @activity.defn
    def hand_over(self, ask: rm.MergeAsk) -> rm.MergeAnswer:
        """Move every report to another order, in one transaction."""
        raise NotImplementedError

    @activity.defn
    async def absorb(self, ask: rm.AbsorbAsk) -> rm.MergeAnswer:
        """Tell the other order to take over what was handed to it."""
        raise NotImplementedError

    @activity.defn
    def take_back(self, ask: rm.MergeAsk) -> None:
        """Give the reports back to the order they came from."""
        raise NotImplementedError

    @activity.defn
    def take_out(self, ask: rm.SplitAsk) -> rm.SplitAnswer:
        """Move some reports to a new order, in one transaction."""
        raise NotImplementedError


class CallbackHands:
    """What a callback campaign may ask for."""

    @activity.defn
    def tally_campaign(self, ask: m.CampaignAsk) -> m.CampaignTally:
        """Give meters their outcome where it is due, then count how the campaign stands."""
        raise NotImplementedError

    @activity.defn
    async def end_campaign(self, end: m.CampaignEnd) -> m.CampaignReply:
        """Tell the outage that every report of this restoration has an outcome."""
        raise NotImplementedError


class BoardHands:
    """What a board may ask for on the work queue."""

    @activity.defn
    def nearest_for_danger(self, ask: m.PlanAsk) -> m.PlanBrief:
        """Find the nearest qualified crew for each open danger, without the planner."""
        raise NotImplementedError

    @activity.defn
    def find_moves(self, ask: m.MovesAsk) -> m.PlanBrief:
        """Read the moves of a stored plan that still fit what is now."""
        raise NotImplementedError

    @activity.defn
    def task_holder(self, ask: m.HolderAsk) -> m.Holder:
        """Find who holds a task, as far as the rows know."""
        raise NotImplementedError

    @activity.defn
    async def deliver(self, delivery: m.Delivery) -> m.Delivered:
        """Tell an outage one action of the board."""
        raise NotImplementedError

    @activity.defn
    def record_order(self, outcome: m.OrderOutcome) -> None:
        """Keep what an order came to."""
        raise NotImplementedError

    @activity.defn
    def record_board(self, view: m.BoardView) -> None:
        """Keep how the board stands."""
        raise NotImplementedError

    @activity.defn
    def record_plan(self, verdict: m.PlanVerdict) -> None:
        """Keep how a plan was taken up."""
        raise NotImplementedError

    @activity.defn
    def lease_crew(self, ask: m.LeaseAsk) -> m.LeaseAnswer:
        """Take or give back a crew of another district."""
        raise NotImplementedError


class PlannerHands:
    """What a board may ask for on the planner's own queue."""

    @activity.defn
    def plan_district(self, ask: m.PlanAsk) -> m.PlanBrief:
        """Plan a district, check the plan by independent code, and store both by hash."""
        raise NotImplementedError


class RetentionHands:
    """What the retention sweep may ask for."""

    @activity.defn
    def sweep(self) -> int:
        """Let go what has been kept long enough; returns how many rows went."""
        raise NotImplementedError


class ArchiveHands:
    """What an archive pass may ask for."""

    @activity.defn
    async def archive_outage(self, ask: m.ArchiveAsk) -> m.ArchiveAnswer:
        """Store the histories of an outage's closed workflow runs."""
        raise NotImplementedError

    @activity.defn
    def unarchived(self, limit: int) -> list[str]:
        """List closed outages whose histories are not stored yet."""
        raise NotImplementedError
