"""Bringing workflows back from rows: after a restore, or where Temporal and rows disagree.

Rows are read before Temporal is asked. So on a healthy installation Temporal is never found
behind its rows, and running a recovery there changes nothing.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.service import RPCError

from activities import recorded
from activities.outage import stir
from activities.recorded import Told
from activities.rows import in_rows, real_now
from domain import ids
from domain.duties import campaign_owed
from domain.opening import OutageOpening
from domain.outage import Stage
from store import boards, histories, installation, outages, projection, restoring
from store.projection import ProjectionConflict
from workflows import lines
from workflows import messages as m

AT_ONCE = 8
RUNNING, COMPLETED = WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.COMPLETED
_LIVES = "WorkflowType = 'OutageRepair' AND ExecutionStatus = 'Running'"


class Deed(StrEnum):
    """What was found of an outage, and done about it."""

    RUNS = "runs"
    OPENED = "opened"
    WENT_ON = "went_on"
    REVIVED = "revived"
    REPLACED = "replaced"
    ROWS_COMPLETED = "rows_completed"
    ENDED = "ended"
    HISTORY_LOST = "history_lost"
    DISAGREE = "disagree"
    NO_ROWS = "no_rows"
    FAILED = "failed"


BAD = frozenset({Deed.DISAGREE, Deed.NO_ROWS, Deed.FAILED})


@dataclass(frozen=True)
class Recovered:
    """One outage and what was done; `why` says more where it went wrong."""

    outage: str
    deed: Deed
    why: str = ""


class Recovery:
    """Brings every outage's workflow, campaign and board to where the rows stand."""

    def __init__(self, engine: Engine, client: Client) -> None:
        """Recover one database and one Temporal."""
        self._engine = engine
        self._client = client

    async def owed(self) -> bool:
        """Tell whether a backup was put back, or Temporal knows no outage of those open here."""
        if await in_rows(self._engine, restoring.owed):
            return True
        begun = await in_rows(self._engine, outages.any_under_way)
        return begun and not (await self._client.count_workflows(_LIVES)).count

    async def run(self) -> AsyncIterator[Recovered]:
        """Look after every outage, danger first; what fails is told and does not stop the rest."""
        sound = True
        async for each in self._outages():
            sound = sound and each.deed not in BAD
            yield each
        for district in await in_rows(self._engine, boards.districts):
            await stir(self._engine, self._client, district)
        if sound:
            await in_rows(self._engine, lambda s: restoring.note_recovered(s, real_now()))

    async def _outages(self) -> AsyncIterator[Recovered]:
        unfinished = await in_rows(self._engine, restoring.unfinished)
        for first in range(0, len(unfinished), AT_ONCE):
            some = unfinished[first : first + AT_ONCE]
            for each in await asyncio.gather(*map(self._unfinished, some)):
                yield each
        for outage in await in_rows(self._engine, lambda s: histories.missing(s, None)):
            async for each in self._closed(outage):
                yield each
        async for each in self._running():
            yield each

    async def _opening(self, outage: str) -> OutageOpening:
        return await in_rows(self._engine, lambda s: outages.opening(s, outage, sealed_too=True))

    async def _unfinished(self, outage: str) -> Recovered:
        try:
            return Recovered(outage, await self._brought_back(outage))
        except ProjectionConflict as conflict:
            return Recovered(outage, Deed.DISAGREE, str(conflict))
        except (RPCError, DBAPIError, lines.LineClosed) as error:
            return Recovered(outage, Deed.FAILED, f"{type(error).__name__}: {error}")

    async def _brought_back(self, outage: str) -> Deed:
        opening = await self._opening(outage)
        run = await recorded.latest_run(self._client, ids.outage_workflow(outage))
        if run is None:
            deed = await self._start(opening)
        elif run.status is RUNNING:
            deed = await self._running_one(opening, run)
        else:
            deed = await self._ended_one(opening, run)
        await self._campaign(outage)
        return deed

    async def _start(self, opening: OutageOpening) -> Deed:
        await lines.report_to_outage(self._client, opening)
        return Deed.OPENED if opening.state is None else Deed.WENT_ON

    async def _running_one(self, opening: OutageOpening, run: WorkflowExecutionDescription) -> Deed:
        """Leave alone what runs where its rows stand; complete whichever of the two is behind."""
        stored = _seq(opening)
        told = await self._told(opening.outage, run, stored)
        if told.seq > stored:
            await self._complete_rows(opening.outage, stored, told)
            return Deed.ROWS_COMPLETED
        await self._check(opening.outage, told)
        if told.seq == stored:
            if opening.state is None or opening.state.watermark < opening.tally.watermark:
                await lines.report_to_outage(self._client, opening)
            return Deed.RUNS
        await self._end(run)
        await self._note_lost(opening)
        await lines.report_to_outage(self._client, opening, revive=True)
        return Deed.REPLACED

    async def _ended_one(self, opening: OutageOpening, run: WorkflowExecutionDescription) -> Deed:
        """Write down what an ended workflow decided; one that did not close goes on."""
        stored = _seq(opening)
        told = await self._told(opening.outage, run, stored)
        await self._check(opening.outage, told)
        if told.seq > stored:
            await self._complete_rows(opening.outage, stored, told)
            opening = await self._opening(opening.outage)
        if opening.state is not None and opening.state.stage is Stage.CLOSED:
            return Deed.ROWS_COMPLETED
        if run.status is COMPLETED:
            raise ProjectionConflict("ended_unclosed", opening.outage, told.seq)
        await self._note_lost(opening)
        await lines.report_to_outage(self._client, opening, revive=True)
        return Deed.REVIVED

    async def _told(self, outage: str, run: WorkflowExecutionDescription, beyond: int) -> Told:
        return await recorded.told(self._client, outage, run.run_id, beyond)

    async def _check(self, outage: str, told: Told) -> None:
        """Raise ProjectionConflict where the history and the rows tell different stories."""
        events = [event for batch in told.batches for event in batch.events]
        await in_rows(self._engine, lambda s: projection.check(s, outage, events))

    async def _complete_rows(self, outage: str, stored: int, told: Told) -> None:
        """Write the events that the workflow decided and the rows lack."""

        def write(session: Session) -> None:
            for batch in told.batches:
                if batch.state.seq > stored:
                    projection.append(session, outage, batch.events, batch.state)

        await in_rows(self._engine, write)

    async def _end(self, run: WorkflowExecutionDescription) -> None:
        handle = self._client.get_workflow_handle(run.id, run_id=run.run_id)
        await handle.terminate("it was behind its rows; it goes on from them as another run")

    async def _note_lost(self, opening: OutageOpening) -> None:
        seq, now = _seq(opening), real_now()
        await in_rows(self._engine, lambda s: restoring.note_lost(s, opening.outage, seq, now))

    async def _campaign(self, outage: str) -> None:
        """Start the callback campaign that nobody watches over any more."""
        state = (await self._opening(outage)).state
        if state is None or not campaign_owed(state):
            return
        number = state.restoration_no
        run = await recorded.latest_run(self._client, ids.callbacks_workflow(outage, number))
        if run is not None and run.status is RUNNING:
            return
        clock = await in_rows(self._engine, installation.clock)
        start = m.CallbacksStart(outage=outage, restoration_no=number, clock=clock)
        await lines.start_callbacks(self._client, start)

    async def _closed(self, outage: str) -> AsyncIterator[Recovered]:
        """Give up the history of a closed outage that Temporal does not know (any more)."""
        if await recorded.latest_run(self._client, ids.outage_workflow(outage)) is None:
            await self._note_lost(await self._opening(outage))
            yield Recovered(outage, Deed.HISTORY_LOST)

    async def _running(self) -> AsyncIterator[Recovered]:
        """Look at what runs in Temporal and should not by the rows."""
        runs = [run async for run in self._client.list_workflows(_LIVES)]
        names = [run.id.removeprefix(ids.outage_workflow("")) for run in runs]
        known = await in_rows(self._engine, lambda s: outages.closed_or_not(s, names))
        for outage in names:
            if outage not in known:
                yield Recovered(outage, Deed.NO_ROWS)
            elif known[outage] and await self._is_behind(outage):
                yield Recovered(outage, Deed.ENDED)

    async def _is_behind(self, outage: str) -> bool:
        """End the workflow of a closed outage that does not know that it is closed."""
        opening = await self._opening(outage)
        run = await recorded.latest_run(self._client, ids.outage_workflow(outage))
        if run is None or run.status is not RUNNING:
            return False
        told = await self._told(outage, run, _seq(opening))
        if told.seq >= _seq(opening):
            return False
        await self._note_lost(opening)
        await self._end(run)
        return True


def _seq(opening: OutageOpening) -> int:
    return 0 if opening.state is None else opening.state.seq
