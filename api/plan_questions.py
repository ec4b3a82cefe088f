"""Questions about a stored plan: why it does what it does, who else could, what a choice costs."""

from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from api.office import Office
from api.problems import Problem
from api.sign_in import Caller
from domain.words import say
from routing.receipt import Plan
from routing.snapshot import Snapshot, read_snapshot
from routing.telling import Names
from routing.travel import Travel
from store import documents, plan_runs
from store.reading import plan_names
from store.reading.plan_names import PlanNames

PLANS_READ = 4
Answer = TypeVar("Answer")
Question = Callable[[Snapshot, Plan, Plan | None, Travel], Answer]


def document(session: Session, plan_hash: str, kind: str, caller: Caller) -> str:
    """Return the text of a plan, or of its snapshot, where the caller may see the district."""
    run = plan_runs.of_plan(session, plan_hash)
    if run is None or not caller.serves(run.district_id):
        raise Problem("not_found")
    wanted = plan_hash if kind == "plan" else run.snapshot_hash
    text = documents.get(session, wanted, kind)
    if text is None:
        raise Problem("not_found")
    return text


async def ask(office: Office, caller: Caller, plan_hash: str, question: Question[Answer]) -> Answer:
    """Answer a question from a plan, its snapshot and the plan before, as they were stored.

    Roads answer one question at a time, straight lines as many as are asked.
    """

    def texts(session: Session) -> tuple[str, str, str | None]:
        plan = document(session, plan_hash, "plan", caller)
        snapshot = document(session, plan_hash, "snapshot", caller)
        before = _plan(plan).previous
        return plan, snapshot, before and documents.get(session, before, "plan")

    plan, snapshot, previous = await office.ask(texts)

    def answer() -> Answer:
        seen = _snapshot(snapshot)
        before = None if previous is None else _plan(previous)
        return question(seen, _plan(plan), before, office.roads.travel(seen))

    by_road = _snapshot(snapshot).travel.roads is not None
    return await (office.drive(answer) if by_road else office.call(answer))


async def names(office: Office, caller: Caller, plan_hash: str, lang: str) -> Names:
    """Return how people know what a plan speaks of: orders by number, crews by name.

    Of an order with several tasks in the plan each is told by its kind of work as well.
    """

    def read(session: Session) -> tuple[Snapshot, PlanNames]:
        seen = _snapshot(document(session, plan_hash, "snapshot", caller))
        outages = sorted({task.outage_id for task in seen.tasks})
        crews = [crew.id for crew in seen.crews]
        return seen, plan_names.of(session, seen.district, outages, crews, lang)

    seen, known = await office.ask(read)
    several = Counter(task.outage_id for task in seen.tasks)
    tasks = {
        task.id: f"#{known.numbers[task.outage_id]}"
        + (f" ({say(f'task_kind.{task.kind.value}', lang)})" if several[task.outage_id] > 1 else "")
        for task in seen.tasks
        if task.outage_id in known.numbers
    }
    return Names(zone=ZoneInfo(known.time_zone), tasks=tasks, crews=known.crews)


@lru_cache(maxsize=PLANS_READ * 2)
def _plan(text: str) -> Plan:
    """Read a plan; whoever drags an order asks about the same one many times."""
    return Plan.model_validate_json(text)


@lru_cache(maxsize=PLANS_READ)
def _snapshot(text: str) -> Snapshot:
    return read_snapshot(text)
