"""A whole installation in one process: real PostGIS, real Temporal, relay, worker, planner."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from temporalio.client import Client
from temporalio.service import RPCError

from activities.planning import Planning
from activities.relay import Relay
from domain import ids
from domain.actions import Action, Request
from domain.actor import Actor
from domain.clock import HouseClock
from domain.decide import RULES_VERSION
from domain.kinds import Role
from domain.outage import Outage
from domain.policy import Policy, parse_policy
from domain.report import ReportDraft
from relight.planner_process import plan_queue_worker
from relight.worker_process import wake_boards, work_queue_worker
from store import installation, intake, outages
from store.answers import Accepted
from workflows import lines
from workflows.messages import ActionAnswer
from workflows.sandbox import runner

R = TypeVar("R")
DISTRICTS = ("jp", "yl")


def a_policy(name: str = "state_grid_ceiling") -> Policy:
    """Read one of the shipped policies."""
    path = Path(__file__).parents[1] / "policies" / f"{name}.toml"
    return parse_policy(path.read_text(encoding="utf-8"), str(path))


@dataclass
class House:
    """One running installation and the few things a test does with it."""

    engine: Engine
    client: Client
    policy: Policy
    relay: Relay

    def now(self) -> datetime:
        """Return the house time."""
        with Session(self.engine) as session:
            return installation.house_now(session)

    def ask(self, question: Callable[..., R], *args: Any, **kwargs: Any) -> R:
        """Ask the store something."""
        with Session(self.engine) as session, session.begin():
            return question(session, *args, **kwargs)

    def rows(self, query: str, **params: Any) -> list[Any]:
        """Ask the database something; of one column only its values."""
        with self.engine.connect() as connection:
            found = connection.execute(text(query), params)
            return [row[0] if len(row) == 1 else row for row in found]

    def report(self, draft: ReportDraft, subject: str = "tara") -> Accepted:
        """Take a report as the api does."""
        accepted = intake.accept(
            self.engine,
            draft,
            report_id=ids.report_id(uuid4()),
            outage_id=ids.outage_id(uuid4()),
            now=self.now(),
            subject=subject,
            idempotency=None,
            policy=self.policy,
            rules_version=RULES_VERSION,
        )
        self.relay.poke()
        return accepted

    def state(self, outage: str) -> Outage | None:
        """Return an outage as the rows know it."""
        states = self.rows("SELECT state FROM outages WHERE id = :outage", outage=outage)
        return Outage.model_validate(states[0]) if states and states[0] else None

    async def act(
        self, outage: str, actor: Actor, what: Request, action_id: str | None = None
    ) -> ActionAnswer:
        """Ask one action of an outage as the api does."""
        opening = self.ask(outages.opening, outage)
        action = Action(id=action_id or uuid4().hex, actor=actor, what=what)
        return await lines.act_on_outage(self.client, opening, action)

    async def until(self, condition: Callable[[], Any], tries: int = 2400) -> Any:
        """Wait until something is true and return it."""
        for _ in range(tries):
            found = condition()
            if found:
                return found
            await asyncio.sleep(0.05)
        raise AssertionError("it did not come to pass")

    @asynccontextmanager
    async def work(self, *, planner: bool = True) -> AsyncIterator[None]:
        """Run the worker, and the planner, for a while."""
        with ThreadPoolExecutor(16) as threads:
            async with work_queue_worker(self.client, self.engine, threads, runner=runner()):
                await wake_boards(self.client, self.engine)
                if not planner:
                    yield
                    return
                async with plan_queue_worker(self.client, Planning(self.engine).whole, threads):
                    yield


def by_crew(crew: str) -> Actor:
    """Build the actor of a crew's phone."""
    return Actor(subject=f"{crew}-phone", role=Role.CREW, crew=crew)


@asynccontextmanager
async def running_house(
    engine: Engine,
    client: Client,
    epoch: datetime,
    *,
    rate: float = 1.0,
    planner: bool = True,
    worker: bool = True,
) -> AsyncIterator[House]:
    """Run an installation on a demo database; without `worker` it only takes and carries."""
    clock = HouseClock(real_epoch=datetime.now(UTC), house_epoch=epoch, rate=rate)
    with Session(engine) as session, session.begin():
        installation.set_clock(session, clock)
    house = House(engine, client, a_policy(), Relay(engine, client, "relay/test"))
    carrying = asyncio.create_task(house.relay.run())
    try:
        if worker:
            async with house.work(planner=planner):
                yield house
        else:
            yield house
    finally:
        carrying.cancel()
        with suppress(asyncio.CancelledError):
            await carrying
        await end_all(client)


async def end_all(client: Client) -> None:
    """End what runs: boards live for ever, and a list may not know the youngest of them yet."""
    boards = [ids.board_workflow(district) for district in DISTRICTS]
    running = [run.id async for run in client.list_workflows('ExecutionStatus = "Running"')]
    for workflow in {*boards, *running}:
        with suppress(RPCError):
            await client.get_workflow_handle(workflow).terminate()
