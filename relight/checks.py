"""The doctor's checks: each asks one thing and returns what it found."""

import platform
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib import metadata
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from temporalio.service import RPCError

from domain.kinds import TaskKind
from domain.policy import PolicyError
from relight.packs import packs_in
from relight.servers.database_facts import read_facts
from relight.servers.namespace import RETENTION, ask, count_stuck, read_namespace
from relight.servers.ports import answers
from relight.servers.postgis_programs import PostgisMissing, find_programs
from relight.servers.programs import ProgramMissing, find_program
from relight.settings import Settings
from relight.supervise import running_supervisor

if TYPE_CHECKING:
    from roads.choosing import Choice
    from store.readings import Reading

LEAST_FREE_GB = 1.0
FEW_FREE_GB = 5.0
CLOCKS_APART_S = 2.0
# As the alarms have it, in ops/prometheus.
LONGEST_DANGER_S, LONGEST_MESSAGE_S, LONGEST_ROW_S = 120.0, 60.0, 120.0


class Level(StrEnum):
    """How grave a finding is."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """What a check found; words come from the catalogue under `doctor.{key}`."""

    key: str
    level: Level = Level.GOOD
    params: dict[str, Any] = field(default_factory=dict)


Check = Callable[[Settings], Iterator[Finding]]


def examine(settings: Settings) -> list[Finding]:
    """Run every check; one that fails in an unforeseen way is a finding itself."""
    return [finding for check in CHECKS for finding in check(settings)]


def check_python(_settings: Settings) -> Iterator[Finding]:
    """Interpreter and packages."""
    version = platform.python_version()
    level = Level.GOOD if sys.version_info >= (3, 11) else Level.BAD
    yield Finding("python", level, {"version": version})
    missing = []
    for requirement in metadata.requires("relight") or []:
        name = re.match(r"[\w.-]+", requirement)
        if name is None or "extra ==" in requirement:
            continue
        try:
            metadata.version(name[0])
        except metadata.PackageNotFoundError:
            missing.append(name[0])
    if missing:
        yield Finding("packages_missing", Level.BAD, {"names": missing})


def check_programs(settings: Settings) -> Iterator[Finding]:
    """Programs of the private servers, where those are used."""
    if not settings.database_url or (settings.state_dir / "postgres").exists():
        try:
            found = find_programs()
            yield Finding("postgis_programs", params={"major": found.major})
        except PostgisMissing as fault:
            yield Finding("postgis_missing", Level.BAD, {"fault": str(fault)})
    if not settings.temporal_address or (settings.state_dir / "temporal").exists():
        try:
            find_program()
        except ProgramMissing as fault:
            yield Finding("temporal_missing", Level.BAD, {"fault": str(fault)})


def check_policies(settings: Settings) -> Iterator[Finding]:
    """Policy files, and the one that is pinned to new outages."""
    names = set()
    for file, read in packs_in(settings.policy_dir):
        if isinstance(read, PolicyError):
            yield Finding("policy_refused", Level.BAD, {"file": file, "fault": str(read)})
        else:
            names.add(read.name)
    if settings.policy in names:
        yield Finding("policy", params={"name": settings.policy, "names": names})
    else:
        yield Finding("policy_unknown", Level.BAD, {"name": settings.policy, "names": names})


def check_disk(settings: Settings) -> Iterator[Finding]:
    """Free space where the private servers keep their data, where those are used."""
    place = settings.state_dir
    elsewhere = settings.database_url and settings.temporal_address
    if elsewhere and not any((place / name).exists() for name in ("postgres", "temporal")):
        return
    while not place.exists():
        place = place.parent
    free_gb = shutil.disk_usage(place).free / 1e9
    level = Level.GOOD if free_gb >= FEW_FREE_GB else Level.WARNING
    if free_gb < LEAST_FREE_GB:
        level = Level.BAD
    yield Finding("disk", level, {"free_gb": f"{free_gb:.1f}", "place": place})


def check_database(settings: Settings) -> Iterator[Finding]:
    """The database: reachable, PostGIS, clock, schema, dead letters."""
    if settings.database_url is None:
        yield Finding("no_database_address", Level.BAD)
        return
    try:
        facts = read_facts(settings.database_url)
    except psycopg.OperationalError as fault:
        yield Finding("database_silent", Level.BAD, {"fault": _first_line(fault)})
        return
    yield Finding("database", params={"version": facts.postgres})
    if facts.postgis is None:
        yield Finding("postgis_not_loaded", Level.BAD)
        return
    apart = abs(facts.clock_apart_s)
    level = Level.GOOD if apart < CLOCKS_APART_S else Level.BAD
    yield Finding("clock", level, {"apart_s": f"{apart:.1f}"})
    engine = create_engine(settings.database_url)
    try:
        yield from _check_schema(engine, settings)
    except SQLAlchemyError as fault:
        yield Finding("database_silent", Level.BAD, {"fault": _first_line(fault)})
    finally:
        engine.dispose()


def _check_schema(engine: Engine, settings: Settings) -> Iterator[Finding]:
    from relight.road_engines import roads_of
    from roads.reading import read_now
    from store.dead_letters import given_up
    from store.installation import clock
    from store.migrate import is_at_head, is_newer
    from store.projection import alarms
    from store.restoring import owed

    if not is_at_head(engine):
        yield Finding("migrations_missing", Level.BAD)
        return
    if is_newer(engine):
        yield Finding("schema_newer", Level.WARNING)
    else:
        yield Finding("migrations")
    with Session(engine) as session:
        house = clock(session)
        choice = roads_of(settings).choose(read_now(session, house.house(datetime.now(UTC))))
        dead, still = given_up(session), alarms(session)
        unrecovered = owed(session)
    if house.rate != 1.0:
        yield Finding("rehearsal", Level.WARNING, {"rate": f"{house.rate:g}"})
    if dead:
        yield Finding("dead_letters", Level.BAD, {"count": len(dead), "ids": [d.id for d in dead]})
    else:
        yield Finding("no_dead_letters")
    if unrecovered:
        yield Finding("unrecovered", Level.BAD)
    if still:
        yield Finding("projection_conflict", Level.BAD, {"count": len(still), "ids": still})
    yield _roads(choice)
    yield from _check_waits(engine)


def _roads(choice: "Choice") -> Finding:
    """What crews drive by, and why by nothing better."""
    if choice.why is None:
        return Finding("roads", params={"road_engine": choice.engine})
    level = Level.GOOD if choice.why == "wished" else Level.WARNING
    said = {"road_engine": choice.engine, "road_why": choice.why.value}
    return Finding("roads_instead", level, said)


def _check_waits(engine: Engine) -> Iterator[Finding]:
    """What waits for somebody: messages, rows, and first of all danger."""
    from store import pulse

    with Session(engine) as session:
        told = pulse.take(session, datetime.now(UTC))
    danger = _longest(told, "tasks_unassigned_oldest_seconds", TaskKind.MAKE_SAFE)
    message = _longest(told, "outbox_oldest_seconds")
    row = _longest(told, "projection_lag_seconds")
    if danger > LONGEST_DANGER_S:
        yield Finding("dangers_wait", Level.BAD, {"wait_s": f"{danger:.0f}"})
    if message > LONGEST_MESSAGE_S:
        yield Finding("messages_wait", Level.BAD, {"wait_s": f"{message:.0f}"})
    if row > LONGEST_ROW_S:
        yield Finding("rows_wait", Level.BAD, {"wait_s": f"{row:.0f}"})
    if message <= LONGEST_MESSAGE_S and row <= LONGEST_ROW_S:
        yield Finding("nothing_waits", params={"oldest_s": f"{max(message, row):.0f}"})


def _longest(told: "list[Reading]", family: str, label: str | None = None) -> float:
    found = [each for each in told if each.family == family]
    return max((each.value for each in found if label in (None, *each.labels)), default=0.0)


def check_temporal(settings: Settings) -> Iterator[Finding]:
    """Temporal: reachable, namespace, retention, search attributes, stuck workflows."""
    address, name = settings.temporal_address, settings.temporal_namespace
    if address is None:
        yield Finding("no_temporal_address", Level.BAD)
        return
    try:
        state = ask(read_namespace(address, name), timeout_s=10)
        stuck = ask(count_stuck(address, name), timeout_s=10) if state.ready else 0
    except (RPCError, RuntimeError, TimeoutError) as fault:
        yield Finding("temporal_silent", Level.BAD, {"fault": _first_line(fault)})
        return
    known = {"address": address, "namespace": name, "days": state.retention // timedelta(days=1)}
    if not state.exists:
        yield Finding("namespace_missing", Level.BAD, known)
    elif state.retention < RETENTION:
        yield Finding("retention_short", Level.BAD, known)
    elif state.missing_attributes:
        names = {"names": state.missing_attributes}
        yield Finding("search_attributes_missing", Level.BAD, known | names)
    else:
        yield Finding("temporal", params=known)
    if stuck:
        yield Finding("stuck", Level.BAD, {"count": stuck})


def check_processes(settings: Settings) -> Iterator[Finding]:
    """The api answers, and somebody watches over the processes."""
    if running_supervisor(settings.state_dir) is None:
        yield Finding("not_up", Level.WARNING)
    if settings.api_port is None:
        return
    here = {"url": settings.api_url}
    if answers(settings.api_host, settings.api_port):
        yield Finding("api", params=here)
    else:
        yield Finding("api_silent", Level.BAD, here)


def _first_line(fault: Exception) -> str:
    return (str(fault).strip() or type(fault).__name__).splitlines()[0]


CHECKS: tuple[Check, ...] = (
    check_python,
    check_programs,
    check_disk,
    check_policies,
    check_database,
    check_temporal,
    check_processes,
)
