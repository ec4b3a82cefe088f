"""Storing the histories of closed outages, and repairing what an earlier pass missed."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows import messages as m
    from workflows.hands import ArchiveHands
    from workflows.patience import PATIENT

_PASS = timedelta(minutes=2)
_WAIT = timedelta(seconds=2)
_TRIES = 60


@workflow.defn
class Archive:
    """Stores every run of one outage's workflows once they have ended."""

    @workflow.run
    async def run(self, ask: m.ArchiveAsk) -> int:
        """Return how many runs were stored; what is still open is left to the sweep."""
        stored = 0
        for _ in range(_TRIES):
            answer = await workflow.execute_activity_method(
                ArchiveHands.archive_outage,
                ask,
                start_to_close_timeout=_PASS,
                retry_policy=PATIENT,
            )
            stored += answer.stored
            if answer.complete:
                break
            await workflow.sleep(_WAIT)
        return stored


@workflow.defn
class ArchiveSweep:
    """Finds closed outages whose histories are missing and stores them."""

    @workflow.run
    async def run(self, limit: int) -> int:
        """Return how many outages were looked after."""
        outages = await workflow.execute_activity_method(
            ArchiveHands.unarchived,
            limit,
            start_to_close_timeout=_PASS,
            retry_policy=PATIENT,
        )
        for outage in outages:
            await workflow.execute_activity_method(
                ArchiveHands.archive_outage,
                m.ArchiveAsk(outage=outage),
                start_to_close_timeout=_PASS,
                retry_policy=PATIENT,
            )
        return len(outages)
