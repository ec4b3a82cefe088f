"""Around every activity: its lines name what it works for, its failures quote nobody."""

from typing import Any

import structlog
from temporalio import activity
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

from domain.ids import about_workflow
from store.faults import without_values


class HandLog(Interceptor):
    """Binds ids to the log lines of activities, and strips what failures quote.

    The message of a failure is kept in the workflow's history, which no erasure reaches.
    """

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Stand before the activity."""
        return _Inbound(next)


class _Inbound(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        workflow = info.workflow_id or ""
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(
            hand=info.activity_type,
            attempt=info.attempt,
            workflow=workflow,
            run=info.workflow_run_id,
            **about_workflow(workflow),
        )
        try:
            return await super().execute_activity(input)
        except Exception as error:
            fit = without_values(error)
            if fit is error:
                raise
            raise fit from None
