"""Looking for a person everywhere an installation keeps anything."""

import gzip
from collections.abc import Iterable

from sqlalchemy import Engine, LargeBinary, Text, cast, or_, select
from temporalio.client import Client, WorkflowHistory

from store.tables import metadata
from store.tables.delivery import HistoryRow

Place = tuple[str, str]


def columns_with(engine: Engine, marks: Iterable[str]) -> set[Place]:
    """List the columns of the database in which any of these texts stands."""
    found = set()
    with engine.connect() as connection:
        for table in metadata.tables.values():
            for column in table.columns:
                if isinstance(column.type, LargeBinary):
                    continue
                shown = cast(column, Text)
                query = select(column).where(or_(*(shown.contains(mark) for mark in marks)))
                if connection.execute(query.limit(1)).first() is not None:
                    found.add((table.name, column.name))
        for row in connection.execute(select(HistoryRow.workflow_id, HistoryRow.body)):
            text = gzip.decompress(row.body).decode()
            if holds(WorkflowHistory.from_json(row.workflow_id, text), marks):
                found.add(("histories", "body"))
    return found


def holds(history: WorkflowHistory, marks: Iterable[str]) -> bool:
    """Tell whether any payload of a history holds one of these texts."""
    said = b"".join(event.SerializeToString() for event in history.events)
    return any(mark.encode() in said for mark in marks)


async def workflows_with(client: Client, marks: Iterable[str]) -> set[str]:
    """List the workflows of the server in whose histories any of these texts stands."""
    wanted = list(marks)
    found = set()
    async for run in client.list_workflows():
        handle = client.get_workflow_handle(run.id, run_id=run.run_id)
        if holds(await handle.fetch_history(), wanted):
            found.add(run.id)
    return found
