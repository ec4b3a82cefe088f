"""The API's line to Temporal: connects when first needed and tells two kinds of silence apart."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta

from temporalio.client import Client, Interceptor, RPCTimeoutOrCancelledError
from temporalio.runtime import Runtime
from temporalio.service import RPCError

from domain.actions import Action
from domain.opening import OutageOpening
from workflows import board_lines, lines
from workflows import messages as m

CONNECT_S = 2.0
_AGAIN_S = 1.0


class Unreachable(Exception):  # noqa: N818 - it says where we are, not what broke
    """No connection could be made: the request certainly did not arrive."""


class OutcomeUnknown(Exception):  # noqa: N818
    """The request may have arrived and may still be applied; only the same id may be sent again."""


class TemporalLine:
    """A lazily made client; once made, it reconnects by itself."""

    def __init__(
        self,
        address: str | None,
        namespace: str,
        *,
        interceptors: Sequence[Interceptor] = (),
        runtime: Runtime | None = None,
    ) -> None:
        self._interceptors = interceptors
        self._runtime = runtime
        self._address = address
        self._namespace = namespace
        self._client: Client | None = None
        self._connecting = asyncio.Lock()
        self._failed_at = -_AGAIN_S

    async def client(self) -> Client:
        """Return the client, connecting when needed; raises Unreachable."""
        if self._client is not None:
            return self._client
        async with self._connecting:
            if self._client is None:
                # Callers queue here: one failure answers all who waited behind it.
                if self._address is None or time.monotonic() - self._failed_at < _AGAIN_S:
                    raise Unreachable(self._address)
                self._client = await self._connect(self._address)
            return self._client

    async def _connect(self, address: str) -> Client:
        try:
            async with asyncio.timeout(CONNECT_S):
                return await lines.connect(
                    address,
                    self._namespace,
                    interceptors=self._interceptors,
                    runtime=self._runtime,
                )
        except (RuntimeError, RPCError, OSError, TimeoutError) as error:
            self._failed_at = time.monotonic()
            raise Unreachable(address) from error

    async def act(self, opening: OutageOpening, action: Action, wait_s: float) -> m.ActionAnswer:
        """Ask an action of an outage.

        Raises Refused, lines.LineClosed, Unreachable or OutcomeUnknown.
        """
        client = await self.client()
        try:
            async with asyncio.timeout(wait_s):
                return await lines.act_on_outage(
                    client, opening, action, patience=timedelta(seconds=wait_s)
                )
        except (RPCError, RPCTimeoutOrCancelledError, TimeoutError) as error:
            raise OutcomeUnknown(action.id) from error

    async def order(self, start: m.BoardStart, order: m.Order, wait_s: float) -> m.OrderTaken:
        """Give a board an order; raises Refused, Unreachable or OutcomeUnknown."""
        client = await self.client()
        try:
            async with asyncio.timeout(wait_s):
                return await board_lines.order_board(
                    client, start, order, patience=timedelta(seconds=wait_s)
                )
        except (RPCError, RPCTimeoutOrCancelledError, TimeoutError) as error:
            raise OutcomeUnknown(order.id) from error

    async def count(self, *queries: str) -> list[int]:
        """Count workflows, for each query; raises Unreachable, RPCError or TimeoutError."""
        client = await self.client()
        async with asyncio.timeout(CONNECT_S):
            found = await asyncio.gather(*(client.count_workflows(query) for query in queries))
        return [each.count for each in found]

    async def answers(self) -> bool:
        """Tell whether Temporal answers now."""
        try:
            client = await self.client()
            async with asyncio.timeout(CONNECT_S):
                return bool(await client.service_client.check_health())
        except (Unreachable, RPCError, TimeoutError):
            return False
