"""The one timer of a workflow that waits for its next deadline."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from math import ceil

from temporalio import workflow


class Alarm:
    """Rings at a deadline; as long as the deadline stays the same it is not set anew.

    Runs that were recorded when every rest set a timer of its own are followed with `kept` False.
    """

    def __init__(self, *, kept: bool) -> None:
        """Begin without a deadline."""
        self._kept = kept
        self._deadline: datetime | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._rang = False

    async def rest(
        self, woken: Callable[[], bool], deadline: datetime | None, wait: timedelta | None
    ) -> None:
        """Sleep until `woken` or the deadline, which is `wait` away."""
        if not self._kept:
            with suppress(TimeoutError):
                await workflow.wait_condition(woken, timeout=wait)
            return
        self._set(deadline, wait)
        await workflow.wait_condition(lambda: self._rang or woken())
        self._rang = False

    def _set(self, deadline: datetime | None, wait: timedelta | None) -> None:
        if deadline == self._deadline and self._timer is not None:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._deadline = deadline
        if wait is not None:
            # Whole milliseconds, rounded up: a timer that rings too early finds nothing due.
            seconds = ceil(wait / timedelta(milliseconds=1)) / 1000
            self._timer = asyncio.get_running_loop().call_later(seconds, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._rang = True
