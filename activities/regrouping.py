"""The hands of a merge or a split: move the reports, tell the other order, take them back."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from temporalio import activity
from temporalio.client import Client

from activities.rows import in_rows
from domain.actions import Action
from domain.actor import SYSTEM
from domain.errors import Refused
from domain.opening import OutageOpening
from domain.regrouping import Absorb
from store import merging, outages, splitting
from store.kill_points import reach
from workflows import lines
from workflows import regrouping_messages as m
from workflows.hands import RegroupingHands

_OVER = frozenset({"move_not_allowed", "outage_closed", "sealed", "moved_to"})
"""Refusals that say that the other order takes over nothing any more."""


class RegroupingWork(RegroupingHands):
    """Does what an order asks for that gives up reports; every step may be asked for again."""

    def __init__(self, engine: Engine, client: Client) -> None:
        """Work on one database and one Temporal."""
        self._engine = engine
        self._client = client

    @activity.defn
    def hand_over(self, ask: m.MergeAsk) -> m.MergeAnswer:
        """Move the reports in one transaction, unless the rows say that it cannot be."""
        reach("before_reports_are_handed_over")
        handing = merging.Handing(
            id=ask.id,
            giver=ask.outage,
            taker=ask.into,
            now=ask.now,
            cleared=ask.cleared,
            cleared_watermark=ask.cleared_watermark,
        )
        try:
            merging.hand_over(self._engine, handing)
        except Refused as refusal:
            return m.MergeAnswer(refused=refusal.code)
        reach("between_hand_over_and_absorb")
        return m.MergeAnswer()

    @activity.defn
    async def absorb(self, ask: m.AbsorbAsk) -> m.MergeAnswer:
        """Tell the other order what it has now; its refusal is an answer."""

        def look(session: Session) -> tuple[bool, OutageOpening]:
            done = merging.was_absorbed(session, ask.outage, ask.into)
            return done, outages.opening(session, ask.into, sealed_too=done)

        try:
            done, opening = await in_rows(self._engine, look)
            if not done:
                what = Absorb(
                    outage=ask.outage,
                    restorations=ask.restorations,
                    tally=opening.tally,
                    tasks=ask.tasks,
                    first_arrived_at=ask.first_arrived_at,
                )
                # Named by this try: a refusal must not stand for a later one.
                name = f"absorb/{ask.id}/{activity.info().activity_id}"
                action = Action(id=name, actor=SYSTEM, what=what)
                await lines.act_on_outage(self._client, opening, action)
        except lines.LineClosed:
            return m.MergeAnswer(refused="merge_target_over")
        except Refused as refusal:
            code = "merge_target_over" if refusal.code in _OVER else refusal.code
            return m.MergeAnswer(refused=code)
        reach("between_absorb_and_merged")
        return m.MergeAnswer()

    @activity.defn
    def take_back(self, ask: m.MergeAsk) -> None:
        """Give the reports back to the order they came from."""
        reach("between_refusal_and_take_back")
        merging.take_back(self._engine, ask.id, ask.outage, ask.into, ask.now)
        reach("between_take_back_and_refused")

    @activity.defn
    def take_out(self, ask: m.SplitAsk) -> m.SplitAnswer:
        """Open an order for the named reports and tell what is left."""
        wanted = splitting.Wanted(
            id=ask.id,
            outage=ask.outage,
            reports=ask.reports,
            transformers=ask.transformers,
            now=ask.now,
        )
        try:
            taken = splitting.take_out(self._engine, wanted)
        except Refused as refusal:
            return m.SplitAnswer(refused=refusal.code)
        reach("between_take_out_and_split_off")
        return m.SplitAnswer(outage=taken.outage, moved=taken.moved, left=taken.left)
