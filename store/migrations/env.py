"""Runs migrations on the connection `store.migrate` hands over; there is no ini file."""

from typing import Any

from alembic import context

from store.tables import metadata

# PostGIS keeps its own table of reference systems; it is not ours to compare or drop.
FOREIGN_TABLES = {"spatial_ref_sys"}


def include_object(_: Any, name: str | None, kind: str, reflected: bool, __: Any) -> bool:
    """Leave out what PostGIS made itself."""
    return not (kind == "table" and reflected and name in FOREIGN_TABLES)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=include_object,
    compare_server_default=False,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
