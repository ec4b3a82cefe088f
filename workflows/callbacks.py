"""The callback campaign after a restoration: it ends when every report has an outcome."""

from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows import messages as m
    from workflows.hands import CallbackHands
    from workflows.patience import PATIENT

_BRIEF = timedelta(seconds=20)
_LONGEST_REST = timedelta(hours=1)
_SHORTEST_REST = timedelta(seconds=1)


@workflow.defn
class Callbacks:
    """Watches over the calls owed after one restoration of one outage."""

    @workflow.init
    def __init__(self, start: m.CallbacksStart) -> None:
        """Begin with nothing heard."""
        self._start = start
        self._heard = False

    @workflow.run
    async def run(self, start: m.CallbacksStart) -> None:
        """Run until every report has an outcome, or this restoration no longer stands."""
        while True:
            self._heard = False
            tally = await self._tally()
            if tally.open == 0 and await self._ended(tally):
                return
            if workflow.info().is_continue_as_new_suggested() and not self._heard:
                workflow.continue_as_new(start)
            await self._rest(tally)

    @workflow.signal
    def answered(self) -> None:
        """Hear that an answer came in, or that reports were added."""
        self._heard = True

    def _now(self) -> datetime:
        return self._start.clock.house(workflow.now())

    async def _tally(self) -> m.CampaignTally:
        return await workflow.execute_activity_method(
            CallbackHands.tally_campaign,
            m.CampaignAsk(
                outage=self._start.outage,
                restoration_no=self._start.restoration_no,
                now=self._now(),
            ),
            start_to_close_timeout=_BRIEF,
            retry_policy=PATIENT,
        )

    async def _ended(self, tally: m.CampaignTally) -> bool:
        """Tell the outage; somebody still off means the outage reopens instead."""
        if tally.still_off:
            return not self._heard
        reply = await workflow.execute_activity_method(
            CallbackHands.end_campaign,
            m.CampaignEnd(
                outage=self._start.outage,
                restoration_no=self._start.restoration_no,
                done=tally.done,
                unreached=tally.unreached,
                now=self._now(),
                confirmed=tally.confirmed,
                silent=tally.silent,
            ),
            start_to_close_timeout=_BRIEF,
            retry_policy=PATIENT,
        )
        return reply.reply != "not_open" and not self._heard

    async def _rest(self, tally: m.CampaignTally) -> None:
        """Wait for an answer, or for the next call to fall due."""
        rest = _LONGEST_REST
        if tally.open == 0:
            rest = _SHORTEST_REST
        elif tally.next_due is not None:
            rest = self._start.clock.real(tally.next_due) - workflow.now()
        try:
            await workflow.wait_condition(
                lambda: self._heard, timeout=min(max(rest, _SHORTEST_REST), _LONGEST_REST)
            )
        except TimeoutError:
            return
