"""Questions about a stored plan: why it does what it does, who else could, what a choice costs."""

from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeVar
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


class _Stored(NamedTuple):
    """The texts that a question about a plan is answered from."""

    plan: str
    snapshot: str
    before: str | None


async def ask(office: Office, caller: Caller, plan_hash: str, question: Question[Answer]) -> Answer:
    """Answer a question from a plan, its snapshot and the plan before, as they were stored.

    Roads answer one question at a time, straight lines as many as are asked.
    """
    return await _answer(office, await office.ask(_stored, plan_hash, caller), question)


async def ask_in_words(
    office: Office, caller: Caller, plan_hash: str, lang: str, question: Question[Answer]
) -> tuple[Answer, Names]:
    """Answer a question, and tell how people know what the plan speaks of."""

    def read(session: Session) -> tuple[_Stored, Names]:
        stored = _stored(session, plan_hash, caller)
        return stored, _names(session, _snapshot(stored.snapshot), lang)

    stored, names = await office.ask(read)
    return await _answer(office, stored, question), names


async def _answer(office: Office, stored: _Stored, question: Question[Answer]) -> Answer:
    def answer() -> Answer:
        seen = _snapshot(stored.snapshot)
        before = None if stored.before is None else _plan(stored.before)
        return question(seen, _plan(stored.plan), before, office.roads.travel(seen))

    by_road = _snapshot(stored.snapshot).travel.roads is not None
    return await (office.drive(answer) if by_road else office.call(answer))


def _stored(session: Session, plan_hash: str, caller: Caller) -> _Stored:
    plan = document(session, plan_hash, "plan", caller)
    snapshot = document(session, plan_hash, "snapshot", caller)
    before = _plan(plan).previous
    return _Stored(plan, snapshot, before and documents.get(session, before, "plan"))


def _names(session: Session, seen: Snapshot, lang: str) -> Names:
    """Return how people know what a plan speaks of: orders by number, crews by name.

    Of an order with several tasks in the plan each is told by its kind of work as well.
    """
    outages = sorted({task.outage_id for task in seen.tasks})
    known = plan_names.of(session, seen.district, outages, [crew.id for crew in seen.crews], lang)
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
