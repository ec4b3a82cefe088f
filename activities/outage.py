"""The hands of a repair workflow: its rows, its board, its callbacks, its seal."""

import asyncio
from collections.abc import Collection
from dataclasses import asdict

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from temporalio import activity
from temporalio.client import Client

from activities import counts
from activities.rows import in_rows, real_now
from domain import stirs
from domain.clock import HouseClock
from store import boards, callbacks, installation, lending, outages, projection, seal
from store.kill_points import reach
from workflows import board_lines, lines
from workflows import messages as m
from workflows.hands import OutageHands

log = structlog.get_logger("relight.hands")


class OutageWork(OutageHands):
    """Does what a repair workflow asks for; every effect may be asked for again."""

    def __init__(self, engine: Engine, client: Client) -> None:
        """Work on one database and one Temporal."""
        self._engine = engine
        self._client = client

    @activity.defn
    async def project(self, batch: m.Batch) -> None:
        """Append events under their numbers, then tell the boards where the batch asks for it.

        Of a crew that has nothing to do now those hear who wait for help, too. The same number
        with other content is an alarm.
        """
        await asyncio.to_thread(self._append, batch)
        if batch.stir is None:
            return
        await stir(self._engine, self._client, batch.stir)
        freed = stirs.freed(batch.state, (event.what for event in batch.events))
        if freed:
            for district in await in_rows(self._engine, lambda s: _who_waits(s, freed)):
                await stir(self._engine, self._client, district)

    def _append(self, batch: m.Batch) -> None:
        try:
            with Session(self._engine) as session, session.begin():
                clock = installation.clock(session)
                now = clock.house(real_now())
                projection.append(session, batch.outage, batch.events, batch.state, now=now)
        except projection.ProjectionConflict as conflict:
            log.exception("projection conflict", outage=conflict.outage_id, seq=conflict.seq)
            with Session(self._engine) as session, session.begin():
                projection.raise_alarm(session, conflict)
            raise
        decided = max((event.at for event in batch.events), default=now)
        counts.projected(clock.real_span(now - decided))

    @activity.defn
    async def stir_board(self, district: str) -> None:
        """Signal the district's board, starting it as its rows stand when it does not run."""
        await stir(self._engine, self._client, district)

    @activity.defn
    async def open_callbacks(self, ask: m.OpenCallbacks) -> None:
        """Write one row per reporter without an outcome, then start or wake the campaign."""

        def write(session: Session) -> HouseClock:
            policy = outages.policy_of(session, ask.outage)
            callbacks.open_for(session, ask.outage, ask.restoration_no, ask.restored_at, policy)
            return installation.clock(session)

        clock = await in_rows(self._engine, write)
        start = m.CallbacksStart(outage=ask.outage, restoration_no=ask.restoration_no, clock=clock)
        await lines.start_callbacks(self._client, start)

    @activity.defn
    def seal(self, ask: m.SealAsk) -> m.SealAnswer:
        """Seal under the grouping lock, or say how many reports lack an outcome."""
        found = seal.try_seal(self._engine, ask.outage, ask.now, heard=ask.watermark)
        if isinstance(found, seal.Sealed):
            reach("between_seal_and_close")
            return m.SealAnswer(missing=0)
        return m.SealAnswer(missing=found.reports, unheard=found.reports == 0)

    @activity.defn
    def unseal(self, ask: m.SealAsk) -> None:
        """Take reports and orders again: something happened while the seal was being set."""
        seal.unseal(self._engine, ask.outage)
        log.warning("seal taken off", outage=ask.outage)

    @activity.defn
    async def start_archive(self, ask: m.ArchiveAsk) -> None:
        """Start the archive pass as a workflow of its own: a child would die with its parent."""
        await lines.start_archive(self._client, ask.outage)


def _who_waits(session: Session, freed: Collection[str]) -> list[str]:
    return lending.who_waits(session, freed, installation.house_now(session))


async def stir(engine: Engine, client: Client, district: str) -> None:
    """Tell a district's board that something changed; one that does not run is started."""
    if await board_lines.stir_board(client, district):
        return

    def look(session: Session) -> m.BoardStart:
        stands = boards.standing(session, district)
        clock = installation.clock(session)
        return m.BoardStart(district=district, clock=clock, **asdict(stands))

    await board_lines.start_board(client, await in_rows(engine, look))
