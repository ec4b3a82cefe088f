"""Keeps the network: put in place of the one before in one transaction, without losing its users.

Rows that stay keep what others decided about them (a district its policy). Crews that go are kept
as inactive where they have left traces, because what was recorded is never taken back.
"""

# ruff: noqa: S608 - the names put into queries are those of our own tables

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from domain.errors import Refused
from store import stock
from store.network_rows import COLUMNS, of_rows, read_rows
from store.roster import ensure_shifts
from store.tables import metadata
from store.tables.work import OutageRow
from territory.network import KINDS, Network

LOCK = "relight/demo"  # the one that loading the demo takes: both fill the same tables
SHIFTS_SINCE, SHIFTS_AHEAD = timedelta(days=1), timedelta(days=14)
NAMED = 5
"""So many missing ids are named in a refusal."""

_KEYS = {"crew_members": ("crew_id", "subject")}
_OPEN = "o.sealed_at IS NULL"
# What open orders point at by its id, without a key of the database's.
_USES = {
    "grids": f"SELECT o.grid_id FROM outages o WHERE {_OPEN}",
    "feeders": f"SELECT o.feeder_id FROM outages o WHERE {_OPEN}",
    "sections": f"SELECT o.section_id FROM outages o WHERE {_OPEN}",
    "transformers": "SELECT unnest(ARRAY[o.transformer_id, o.device_id] || o.transformers)"
    f" FROM outages o WHERE {_OPEN}",
    "devices": f"SELECT o.device_id FROM outages o WHERE {_OPEN}",
    "service_points": "SELECT r.service_point_id FROM reports r JOIN outages o"
    f" ON o.id = r.outage_id WHERE {_OPEN}",
    "crews": f"SELECT t.crew_id FROM tasks t JOIN outages o ON o.id = t.outage_id WHERE {_OPEN}",
}
# A crew that went and left traces stands somewhere for ever, also where no depot is given.
_UNUSED = {"depots": "NOT EXISTS (SELECT FROM crews c WHERE c.depot_id = x.id)"}


def load(engine: Engine, network: Network, now: datetime) -> None:
    """Put a sound network in place of whatever was there; raises Refused: network_in_use."""
    with Session(engine) as session, session.begin():
        replace(session, network, now)


def replace(session: Session, network: Network, now: datetime) -> None:
    """Put a network in place of the one before, within the caller's transaction.

    `now` is house time: where crews stand, and from when they have shifts. Raises Refused:
    network_in_use when something points at a row that the new network lacks.
    """
    hold(session)
    for kind in KINDS:
        _lay_beside(session, kind, network)
    _look_for_users(session)
    for kind in KINDS:
        _merge(session, kind)
    _dismiss_crews(session)
    for kind in reversed(KINDS):
        if kind != "crews":
            unused = _UNUSED.get(kind, "true")
            session.execute(text(f"DELETE FROM {kind} x WHERE {_absent(kind)} AND {unused}"))
    _station_crews(session, now)
    _stock_crews(session, network, now)
    ensure_shifts(session, now - SHIFTS_SINCE, now + SHIFTS_AHEAD)
    session.execute(text(f"ANALYZE {', '.join(KINDS)}, shifts, positions"))


def hold(session: Session) -> None:
    """Let nobody load, report or assign until this transaction ends: what is in use stays so."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(LOCK, 0))))
    session.execute(text("LOCK TABLE outages, reports, tasks IN SHARE MODE"))


def kept(session: Session) -> Network:
    """Return the network that is loaded; one without rows where none is."""
    return Network(**{kind: tuple(read_rows(session, kind)) for kind in KINDS})


def is_loaded(session: Session) -> bool:
    """Tell whether there is any network here."""
    return bool(session.scalar(text("SELECT EXISTS (SELECT FROM districts)")))


def districts(session: Session) -> list[str]:
    """Return the ids of the districts."""
    return list(session.scalars(text("SELECT id FROM districts ORDER BY id")))


def outage_count(session: Session) -> int:
    """Return how many outages there are or were."""
    return session.scalar(select(func.count()).select_from(OutageRow)) or 0


def _lay_beside(session: Session, kind: str, network: Network) -> None:
    """Copy the new rows of a kind into a table beside its own."""
    columns = ", ".join(COLUMNS[kind])
    session.execute(text(
        f"CREATE TEMP TABLE new_{kind} ON COMMIT DROP AS"
        f" SELECT {columns} FROM {kind} WITH NO DATA"
    ))  # fmt: skip
    connection = session.connection().connection
    statement = f"COPY new_{kind} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in of_rows(network, kind):
            copy.write_row(row)
    keys = ", ".join(_KEYS.get(kind, ("id",)))
    session.execute(text(f"CREATE UNIQUE INDEX ON new_{kind} ({keys})"))
    session.execute(text(f"ANALYZE new_{kind}"))


def _absent(kind: str) -> str:
    same = " AND ".join(f"n.{key} = x.{key}" for key in _KEYS.get(kind, ("id",)))
    return f"NOT EXISTS (SELECT FROM new_{kind} n WHERE {same})"


def _merge(session: Session, kind: str) -> None:
    keys = _KEYS.get(kind, ("id",))
    columns = COLUMNS[kind]
    told = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in keys)
    changed = " OR ".join(
        f"x.{name} IS DISTINCT FROM excluded.{name}" for name in columns if name not in keys
    )
    names = ", ".join(columns)
    session.execute(text(
        f"INSERT INTO {kind} AS x ({names}) SELECT {names} FROM new_{kind}"
        f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {told} WHERE {changed}"
    ))  # fmt: skip


def _look_for_users(session: Session) -> None:
    """Refuse when something points at a row that is to go."""
    missing = [
        f"{kind}: {', '.join(names[:NAMED])}{' ...' if len(names) > NAMED else ''}"
        for kind, query in [*_USES.items(), *_users_of_districts()]
        for names in [list(session.scalars(text(
            f"SELECT DISTINCT used.id FROM ({query}) used (id)"
            f" WHERE used.id IS NOT NULL AND EXISTS (SELECT FROM {kind} x WHERE x.id = used.id)"
            f" AND NOT EXISTS (SELECT FROM new_{kind} n WHERE n.id = used.id) ORDER BY 1"
        )))]
        if names
    ]  # fmt: skip
    if missing:
        raise Refused("network_in_use", missing="; ".join(missing))


def _users_of_districts() -> Iterator[tuple[str, str]]:
    """Yield a query for everything that names a district, besides what is loaded with it."""
    found = [
        f"SELECT {column.name} FROM {table.name}"
        for table in metadata.sorted_tables
        if table.name not in {*KINDS, "crew_leases"}
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "districts"
    ]
    yield "districts", " UNION ".join(found)


def _dismiss_crews(session: Session) -> None:
    """Take crews that go off duty, and place them where a crew can be placed."""
    session.execute(
        text(f"""
        UPDATE crews x SET active = false, grid_id = NULL,
            depot_id = coalesce((SELECT n.id FROM new_depots n WHERE n.id = x.depot_id),
                                (SELECT min(n.id) FROM new_depots n), x.depot_id),
            district_id = coalesce((SELECT n.id FROM new_districts n WHERE n.id = x.district_id),
                                   (SELECT min(n.id) FROM new_districts n))
        WHERE {_absent("crews")}
    """)
    )
    session.execute(
        text(f"""
        UPDATE depots x SET district_id = (SELECT min(n.id) FROM new_districts n)
        WHERE {_absent("depots")}
    """)
    )
    session.execute(
        text(f"""
        UPDATE crew_leases l SET district_id = x.district_id FROM crews x
        WHERE x.id = l.crew_id AND l.district_id NOT IN (SELECT id FROM new_districts)
          AND {_absent("crews")}
    """)
    )
    session.execute(
        text(f"""
        DELETE FROM shifts s USING crews x WHERE x.id = s.crew_id AND {_absent("crews")}
    """)
    )
    session.execute(text("UPDATE crews SET active = true FROM new_crews n"
                         " WHERE n.id = crews.id AND NOT crews.active"))  # fmt: skip


def _stock_crews(session: Session, network: Network, now: datetime) -> None:
    """Let crews of which nobody ever told what they carry carry what the network says."""
    told = {crew.id: dict(crew.parts) for crew in network.crews if crew.parts}
    known = set(session.scalars(text("SELECT crew_id FROM crew_stocks")))
    for crew in sorted(told.keys() - known):
        stock.tell(session, crew, told[crew], by="network", at=now)


def _station_crews(session: Session, now: datetime) -> None:
    """Let crews that were never seen stand at their depots."""
    session.execute(
        text("""
            INSERT INTO positions (crew_id, at, occurred_at, received_at, device, accuracy_m)
            SELECT c.id, d.at, :now, :now, 'depot', 50.0
            FROM crews c JOIN depots d ON d.id = c.depot_id
            WHERE c.active AND NOT EXISTS (SELECT FROM positions p WHERE p.crew_id = c.id)
        """),
        {"now": now},
    )
