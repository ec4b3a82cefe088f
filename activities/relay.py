"""The relay: carries stored facts to the workflows, at least once, in order per key."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from opentelemetry.trace import NoOpTracer, SpanKind, Tracer
from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Session
from temporalio.client import Client
from temporalio.common import MetricMeter
from temporalio.service import RPCError, RPCStatusCode

from activities import counts
from activities.outage import stir
from activities.rows import in_rows, real_now
from domain.actions import Action
from domain.errors import Refused
from store import installation, outages, outbox, regroup, statements, traceparent
from store.faults import what
from store.kill_points import reach
from store.outbox import Message
from workflows import lines
from workflows import messages as m

log = structlog.get_logger("relight.relay")

POLL_S = 0.2
# In a crowd every report pokes; so long at least lies between two looks that found nothing.
BREATH_S = 0.05
LEASE_S = 30.0
AT_ONCE = 20
AGAIN_EVERY_S = 1.0
MOST_TRIES = 10
_PATIENCE = timedelta(seconds=10)
_DATABASE_AWAY = (OperationalError, InterfaceError, NoConnection)
_AWAY = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
    }
)


class Relay:
    """Claims outbox messages with a lease and delivers each to its workflow."""

    def __init__(
        self,
        engine: Engine,
        client: Client,
        name: str,
        *,
        tracer: Tracer | None = None,
        meter: MetricMeter = MetricMeter.noop,
    ) -> None:
        """Carry for one database and one Temporal, claiming under `name`."""
        self._engine = engine
        self._client = client
        self._name = name
        self._tracer = tracer or NoOpTracer()
        self._carried = meter.create_counter(counts.CARRIED, counts.TOLD[counts.CARRIED])
        self._poked = asyncio.Event()
        self._again_at = 0.0

    def poke(self) -> None:
        """Look again at once: somebody stored something."""
        self._poked.set()

    async def run(self) -> None:
        """Carry until cancelled; a database that is away is waited for."""
        while True:
            try:
                carried = await self.carry_once()
            except _DATABASE_AWAY as error:
                log.warning("database away", error=what(error))
                carried = 0
                await asyncio.sleep(1)
            if not carried:
                await self._rest()

    async def _rest(self) -> None:
        """Wait for a poke or for the next look; a poke soon after a look waits a breath."""
        looked = monotonic()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._poked.wait(), POLL_S)
        await asyncio.sleep(max(0.0, looked + BREATH_S - monotonic()))
        self._poked.clear()

    async def carry_once(self) -> int:
        """Claim what is due and deliver it; return how many messages were taken on."""
        messages = await asyncio.to_thread(self._claim)
        if messages:
            reach("after_commit_before_relay")
        await asyncio.gather(*(self._carry(message) for message in messages))
        return len(messages)

    def _claim(self) -> list[Message]:
        began = monotonic()
        with Session(self._engine) as session, session.begin():
            messages = outbox.claim(
                session,
                self._name,
                limit=AT_ONCE,
                real_now=real_now(),
                lease_s=LEASE_S,
                again=began - self._again_at >= AGAIN_EVERY_S,
            )
        if any(message.again for message in messages):
            self._again_at = began
        return messages

    async def _carry(self, message: Message) -> None:
        """Deliver one message, and say in every line which."""
        # Each message is carried by a task of its own, so what is bound here stays here.
        about = {"outage": message.outage_id} if message.outage_id else {}
        structlog.contextvars.bind_contextvars(kind=message.kind, key=message.key, **about)
        context, links = traceparent.goes_on(message.traces)
        with self._tracer.start_as_current_span(
            f"carry {message.kind}",
            context,
            SpanKind.CONSUMER,
            {"relight.key": message.key, "relight.messages": len(message.ids)},
            links,
        ):
            outcome = await self._deliver(message)
        self._carried.add(1, {"kind": message.kind, "outcome": outcome})

    async def _deliver(self, message: Message) -> str:
        """Deliver; what fails is tried again and at last kept as a dead letter."""
        try:
            await self._deliveries()[message.kind](message)
        except RPCError as error:
            if error.status in _AWAY:
                log.warning("temporal away", status=str(error.status))
                await in_rows(self._engine, lambda s: outbox.release(s, message.ids))
                return "away"
            return await self._failed(message, error)
        except _DATABASE_AWAY:
            raise
        except Exception as error:
            log.exception("message failed")
            return await self._failed(message, error)
        reach("after_rpc_before_mark")
        await in_rows(self._engine, lambda s: outbox.done(s, message.ids, real_now()))
        return "carried"

    def _deliveries(self) -> dict[str, Callable[[Message], Coroutine[Any, Any, None]]]:
        return {
            "reported": self._reported,
            "answered": self._answered,
            "act": self._act,
            "stir": self._stir,
        }

    async def _failed(self, message: Message, error: Exception) -> str:
        wait = min(2.0**message.attempts, 60.0)

        def fail(session: Session) -> int:
            now = real_now()
            return outbox.fail(
                session,
                message.ids,
                what(error),
                real_now=now,
                max_attempts=MOST_TRIES,
                retry_at=now + timedelta(seconds=wait),
            )

        if await in_rows(self._engine, fail):
            log.error("dead letter")
            return "dead"
        return "failed"

    async def _reported(self, message: Message) -> None:
        """Tell an outage of its reports; one that takes no more gives them back."""
        outage = message.outage_id or ""
        try:
            opening = await in_rows(self._engine, lambda s: outages.opening(s, outage))
            await lines.report_to_outage(self._client, opening)
            watermark, now = opening.tally.watermark, real_now()
            await in_rows(self._engine, lambda s: outbox.mark_signalled(s, outage, watermark, now))
        except Refused as refusal:
            if refusal.code not in outages.SHUT:
                raise
            await self._regroup(outage)
        except lines.LineClosed:
            await self._regroup(outage)

    async def _regroup(self, outage: str) -> None:
        """Open a linked outage for reports that came when theirs took no more."""
        now = await self._house_now()
        moved = await asyncio.to_thread(regroup.regroup, self._engine, outage, now)
        if moved:
            log.warning("reports regrouped", into=moved)

    async def _answered(self, message: Message) -> None:
        """Wake the campaign that waits for this answer."""
        _, outage, number = message.key.split("/")
        clock = await in_rows(self._engine, installation.clock)
        await lines.start_callbacks(
            self._client,
            m.CallbacksStart(outage=outage, restoration_no=int(number), clock=clock),
        )

    async def _act(self, message: Message) -> None:
        """Deliver an action that was stored before it was judged, and note the verdict."""
        body = message.body
        action = Action.model_validate(body["action"])
        outage = body["outage"]
        code: str | None = None
        try:
            opening = await in_rows(self._engine, lambda s: outages.opening(s, outage))
            await lines.act_on_outage(self._client, opening, action, patience=_PATIENCE)
        except lines.LineClosed:
            code = "outage_closed"
        except Refused as refusal:
            if refusal.code == "regrouping_under_way":
                raise  # where it belongs is settled in a moment; it is carried again then
            code = refusal.code
        if code is not None:
            log.info("stored action refused", action=action.id, code=code)
        fact = body.get("fact")
        if fact is not None:
            now = await self._house_now()
            await in_rows(
                self._engine,
                lambda s: statements.settle(s, outage, fact, code, now=now, real_now=real_now()),
            )

    async def _stir(self, message: Message) -> None:
        await stir(self._engine, self._client, message.key.removeprefix("board/"))

    async def _house_now(self) -> datetime:
        clock = await in_rows(self._engine, installation.clock)
        return clock.house(real_now())
