"""How workflows ask the hands: briefly each time, and again until it succeeded."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

BRIEF = timedelta(seconds=20)
PATIENT = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(seconds=10),
)
"""Effects are tried until they succeed: an outage is never given up for a dead server."""


async def ask(hand: Callable[..., Any], what: Any) -> Any:
    """Ask for one effect and wait until it is done."""
    return await workflow.execute_activity_method(
        hand, what, start_to_close_timeout=BRIEF, retry_policy=PATIENT
    )
