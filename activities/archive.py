"""The hands of an archive pass: fetch closed histories and keep them in the database."""

import gzip

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus

from activities.rows import in_rows, real_now
from domain.ids import outage_workflow
from domain.value import digest_of
from store import histories
from workflows import messages as m
from workflows.hands import ArchiveHands


class ArchiveWork(ArchiveHands):
    """Stores every closed run of an outage's workflows, once."""

    def __init__(self, engine: Engine, client: Client) -> None:
        """Work on one database and one Temporal."""
        self._engine = engine
        self._client = client

    @activity.defn
    async def archive_outage(self, ask: m.ArchiveAsk) -> m.ArchiveAnswer:
        """Store runs not stored yet; complete when every known run has ended."""
        stored, complete, seen = 0, True, False
        known = set(await in_rows(self._engine, lambda s: histories.runs_of(s, ask.outage)))
        ours = outage_workflow(ask.outage)
        query = f'WorkflowId = "{ours}" OR WorkflowId STARTS_WITH "callbacks/{ask.outage}/"'
        async for run in self._client.list_workflows(query):
            activity.heartbeat()
            seen = seen or run.id == ours
            if run.status is WorkflowExecutionStatus.RUNNING:
                complete = False
            elif (run.id, run.run_id) not in known:
                await self._store(ask.outage, run.id, run.run_id, run.workflow_type)
                stored += 1
        return m.ArchiveAnswer(stored=stored, complete=complete and seen)

    async def _store(self, outage: str, workflow_id: str, run_id: str, kind: str) -> None:
        handle = self._client.get_workflow_handle(workflow_id, run_id=run_id)
        history = await handle.fetch_history()
        text = history.to_json()
        await in_rows(
            self._engine,
            lambda s: histories.put(
                s,
                workflow_id=workflow_id,
                run_id=run_id,
                outage_id=outage,
                kind=kind,
                events=len(history.events),
                body=gzip.compress(text.encode(), mtime=0),
                digest=digest_of(text),
                now=real_now(),
            ),
        )

    @activity.defn
    def unarchived(self, limit: int) -> list[str]:
        """List closed outages without a stored history."""
        with Session(self._engine) as session:
            return histories.missing(session, limit)
