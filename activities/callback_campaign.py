"""The hands of a callback campaign: counting, and telling the outage that it is over."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from temporalio import activity
from temporalio.client import Client

from activities.rows import in_rows, real_now
from domain.actions import Action, FinishCallbacks
from domain.actor import SYSTEM
from domain.errors import Refused
from domain.outage import Stage
from store import callbacks, meters, outages
from workflows import lines
from workflows import messages as m
from workflows.hands import CallbackHands


class CallbackWork(CallbackHands):
    """Does what a campaign asks for."""

    def __init__(self, engine: Engine, client: Client) -> None:
        """Work on one database and one Temporal."""
        self._engine = engine
        self._client = client

    @activity.defn
    def tally_campaign(self, ask: m.CampaignAsk) -> m.CampaignTally:
        """Settle what meters have said or not said by now, then count the rows of a restoration."""
        with Session(self._engine) as session, session.begin():
            meters.settle(session, ask.outage, ask.restoration_no, ask.now, real_now())
            tally = callbacks.tally(session, ask.outage, ask.restoration_no)
        return m.CampaignTally(
            total=tally.total,
            open=tally.open,
            done=tally.done,
            unreached=tally.unreached,
            still_off=tally.still_off,
            next_due=tally.next_due,
            confirmed=tally.confirmed,
            silent=tally.silent,
        )

    @activity.defn
    async def end_campaign(self, end: m.CampaignEnd) -> m.CampaignReply:
        """Tell the outage; it may have gone on without this campaign meanwhile."""
        what = FinishCallbacks(
            restoration_no=end.restoration_no,
            done=end.done,
            unreached=end.unreached,
            confirmed=end.confirmed,
            silent=end.silent,
        )
        # The same for every try of this word, and another for each time it is said: an outage that
        # heard of more reports since must not take the second for a repetition of the first.
        asked = activity.info()
        name = f"callbacks-finished/{asked.workflow_run_id}/{asked.activity_id}"
        try:
            # Sealed is not closed yet: an outage brought back from rows may not know the end.
            opening = await in_rows(
                self._engine, lambda s: outages.opening(s, end.outage, sealed_too=True)
            )
            if opening.state is not None and opening.state.stage is Stage.CLOSED:
                return m.CampaignReply(reply="superseded")
            await lines.act_on_outage(
                self._client, opening, Action(id=name, actor=SYSTEM, what=what)
            )
        except lines.LineClosed:
            return m.CampaignReply(reply="superseded")
        except Refused as refusal:
            waits = refusal.code == "callbacks_not_open"
            return m.CampaignReply(reply="not_open" if waits else "superseded")
        return m.CampaignReply(reply="accepted")
