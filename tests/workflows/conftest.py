"""Builders and in-memory hands, so that workflows are tried alone on a real server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from domain.actions import Action, FinishCallbacks, Request
from domain.actor import SYSTEM, Actor
from domain.clock import HouseClock
from domain.events import Event
from domain.kinds import AreaClass, Role
from domain.opening import OutageOpening
from domain.outage import Outage
from domain.place import Point
from domain.policy import Policy, parse_policy
from domain.report import ReportTally
from workflows import lines
from workflows import messages as m
from workflows.archive import Archive
from workflows.callbacks import Callbacks
from workflows.dispatch_board import DispatchBoard
from workflows.hands import OutageHands
from workflows.outage_repair import OutageRepair
from workflows.sandbox import runner

DISPATCHER = Actor(subject="dana", role=Role.DISPATCHER)
SITE = Point(lon=106.55, lat=29.56)


def a_policy(name: str = "state_grid_ceiling") -> Policy:
    """Read one of the shipped policies."""
    path = Path(__file__).parents[2] / "policies" / f"{name}.toml"
    return parse_policy(path.read_text(encoding="utf-8"), str(path))


def an_opening(outage: str, *, reports: int = 1, **changes: object) -> OutageOpening:
    """Build the opening of an urban outage reported just now."""
    now = datetime.now(UTC)
    policy = a_policy()
    base = OutageOpening(
        outage=outage,
        district="north",
        area_class=AreaClass.URBAN,
        policy=policy,
        policy_hash=policy.digest(),
        rules_version=1,
        opened_at=now,
        at=SITE,
        customers=3,
        tally=ReportTally(reports=reports, watermark=reports, clock_start=now, customers=3),
        clock=HouseClock(),
    )
    return base.model_copy(update=changes)


def an_action(name: str, what: Request, actor: Actor = DISPATCHER) -> Action:
    """Build an action with a visible id."""
    return Action(id=name, actor=actor, what=what)


def by_crew(crew: str = "crew-1") -> Actor:
    """Build the actor of a crew's phone."""
    return Actor(subject=f"{crew}-leader", role=Role.CREW, crew=crew)


def by_board() -> Actor:
    """Build the actor of the district's board."""
    return Actor(subject="board/north", role=Role.BOARD)


class Notebook:
    """What the hands of a test were asked to do."""

    def __init__(self) -> None:
        self.events: dict[str, list[Event]] = {}
        self.states: dict[str, Outage] = {}
        self.stirs = 0
        self.campaigns: list[tuple[str, int]] = []
        self.archived: list[str] = []
        self.missing = 0
        self.unheard = 0
        self.seals: list[int] = []
        self.unsealed: list[str] = []
        self.stirs_before_unsealing = 0
        self.while_sealing: Callable[[], Awaitable[object]] | None = None
        self.payload_bytes = 0


class FakeOutageHands(OutageHands):
    """Hands that write in a notebook and answer callbacks at once when told to."""

    def __init__(self, notebook: Notebook, client: Client) -> None:
        self.notebook, self.client = notebook, client
        self.call_back_at_once = True

    @activity.defn
    async def project(self, batch: m.Batch) -> None:
        """Append, refusing gaps and overlaps as the database does."""
        known = self.notebook.events.setdefault(batch.outage, [])
        size = len(batch.model_dump_json())
        self.notebook.payload_bytes = max(self.notebook.payload_bytes, size)
        for event in batch.events:
            if event.seq <= len(known):
                assert known[event.seq - 1] == event
                continue
            assert event.seq == len(known) + 1
            known.append(event)
        self.notebook.states[batch.outage] = batch.state
        self.notebook.stirs += batch.stir is not None

    @activity.defn
    async def stir_board(self, district: str) -> None:
        """Count."""
        self.notebook.stirs += 1

    @activity.defn
    async def open_callbacks(self, ask: m.OpenCallbacks) -> None:
        """Note the campaign."""
        self.notebook.campaigns.append((ask.outage, ask.restoration_no))

    @activity.defn
    async def seal(self, ask: m.SealAsk) -> m.SealAnswer:
        """Answer what the test put down; once only."""
        self.notebook.seals.append(ask.watermark)
        if self.notebook.while_sealing is not None:
            meanwhile, self.notebook.while_sealing = self.notebook.while_sealing, None
            await meanwhile()
        missing, self.notebook.missing = self.notebook.missing, 0
        return m.SealAnswer(missing=missing, unheard=ask.watermark < self.notebook.unheard)

    @activity.defn
    def unseal(self, ask: m.SealAsk) -> None:
        """Note the outage."""
        self.notebook.stirs_before_unsealing = self.notebook.stirs
        self.notebook.unsealed.append(ask.outage)

    @activity.defn
    async def start_archive(self, ask: m.ArchiveAsk) -> None:
        """Note the outage."""
        self.notebook.archived.append(ask.outage)


@pytest.fixture
def outage_worker() -> Callable[[Client], AbstractAsyncContextManager[Notebook]]:
    """Return `run(client)`: a worker for repair workflows with hands of a notebook."""

    @asynccontextmanager
    async def run(client: Client) -> AsyncIterator[Notebook]:
        from concurrent.futures import ThreadPoolExecutor

        notebook = Notebook()
        hands = FakeOutageHands(notebook, client)
        with ThreadPoolExecutor(4) as executor:
            async with Worker(
                client,
                task_queue=m.WORK_QUEUE,
                workflows=[OutageRepair, Callbacks, DispatchBoard, Archive],
                workflow_runner=runner(),
                activities=[
                    hands.project,
                    hands.stir_board,
                    hands.open_callbacks,
                    hands.seal,
                    hands.unseal,
                    hands.start_archive,
                ],
                activity_executor=executor,
            ):
                yield notebook

    return run


async def finish_callbacks(client: Client, opening: OutageOpening, number: int) -> None:
    """Tell an outage that everybody was called back."""
    end = FinishCallbacks(restoration_no=number, done=1, unreached=0)
    await lines.act_on_outage(client, opening, an_action(f"end/{number}", end, SYSTEM))


async def until(condition: Callable[[], bool], tries: int = 400) -> None:
    """Wait a little for something to come to pass."""
    for _ in range(tries):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come to pass")
