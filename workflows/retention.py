"""Letting go, on a schedule, what has been kept long enough."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.hands import RetentionHands
    from workflows.patience import PATIENT

_RUN = timedelta(hours=1)
_SILENT = timedelta(minutes=5)


@workflow.defn
class RetentionSweep:
    """One pass over every rule of retention; done again when a worker dies in it."""

    @workflow.run
    async def run(self) -> int:
        """Return how many rows went."""
        return await workflow.execute_activity_method(
            RetentionHands.sweep,
            start_to_close_timeout=_RUN,
            heartbeat_timeout=_SILENT,
            retry_policy=PATIENT,
        )
