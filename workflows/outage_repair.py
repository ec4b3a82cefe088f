"""The life of one outage: wait for an action or a deadline, then ask the hands."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.actions import (
        Action,
        Climb,
        NoteCallbacksOpened,
        NoteSeal,
        RaiseRules,
        Request,
        TakeReports,
    )
    from domain.actor import SYSTEM
    from domain.agenda import next_wake
    from domain.decide import RULES_VERSION, decide, opening_events
    from domain.duties import Duty, duties
    from domain.errors import Refused
    from domain.events import BOARD_MATTERS, Event
    from domain.evolve import evolve, fold
    from domain.outage import Outage, Stage
    from domain.report import ReportTally
    from domain.stirs import stirs
    from workflows import messages as m
    from workflows.alarm import Alarm
    from workflows.hands import OutageHands
    from workflows.patience import ask
    from workflows.regrouping import regroup

_STAGE = SearchAttributeKey.for_keyword("RelightStage")
_STILL_DUE = timedelta(seconds=10)


@workflow.defn
class OutageRepair:
    """Keeps one outage from its first report until it is sealed."""

    @workflow.init
    def __init__(self, start: m.RepairStart) -> None:
        """Open the outage, or take it over from the run before."""
        opening = start.opening
        self._start = start
        self._policy = opening.policy
        self._unsent: list[Event] = []
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._archived = False
        self._fault: Exception | None = None
        self._shown: Stage | None = Stage.PREDICTED if start.state is None else None
        self._stir_owed = start.state is None
        # Earlier runs told the board by an effect of its own and set a timer at every rest.
        self._sparing = workflow.patched("sparing")
        self._alarm = Alarm(kept=self._sparing)
        if start.state is not None:
            self._outage = start.state
            return
        events = opening_events(
            opening.opened(), opening.reports_taken(), self._now(), opening.policy, opening.outage
        )
        self._outage = fold(opening.outage, events)
        self._unsent.extend(events)

    @workflow.run
    async def run(self, start: m.RepairStart) -> None:
        """Run until the outage is closed and all that was decided is in the database."""
        while not self._over():
            if self._fault is not None:
                raise RuntimeError("an effect failed for good") from self._fault
            self._climb()
            self._begin_effects()
            if self._may_continue_as_new():
                if self._takes_up_newer_rules():
                    continue
                workflow.continue_as_new(m.RepairStart(opening=start.opening, state=self._outage))
            await self._rest()

    @workflow.signal
    def reported(self, tally: ReportTally) -> None:
        """Hear of all reports up to a watermark; late, repeated and crossed tallies are fine."""
        if self._outage.stage is not Stage.CLOSED:
            self._by_system(f"reported/{tally.watermark}", TakeReports(tally=tally))

    @workflow.update
    def act(self, action: Action) -> m.ActionAnswer:
        """Do an action and answer with the state it led to."""
        known = self._outage.answer_to(action.id)
        if known is None:
            try:
                self._take(action)
            except Refused as refusal:
                raise _told(refusal) from refusal
        return self._answer(action.id, repeated=known is not None)

    @act.validator
    def may_act(self, action: Action) -> None:
        """Refuse before history what the rules refuse; a known id is let through."""
        try:
            decide(self._outage, action, self._now(), self._policy, self._outage.rules_version)
        except Refused as refusal:
            raise _told(refusal) from refusal

    @workflow.query
    def view(self) -> Outage:
        """Return the outage as it stands."""
        return self._outage

    def _now(self) -> datetime:
        return self._start.opening.clock.house(workflow.now())

    def _over(self) -> bool:
        return (
            self._outage.stage is Stage.CLOSED
            and not self._unsent
            and not self._busy
            and self._archived
            and workflow.all_handlers_finished()
        )

    def _may_continue_as_new(self) -> bool:
        return (
            workflow.info().is_continue_as_new_suggested()
            and not self._unsent
            and not self._busy
            and not self._stir_owed
            and workflow.all_handlers_finished()
        )

    def _takes_up_newer_rules(self) -> bool:
        """Raise the pinned rules between two runs, never within what a run has decided.

        The patch keeps runs that were recorded under the old rules replayable.
        """
        newer = self._outage.rules_version < RULES_VERSION
        if not newer or not workflow.patched(f"rules-{RULES_VERSION}"):
            return False
        return self._by_system(f"rules/{RULES_VERSION}", RaiseRules(to=RULES_VERSION))

    def _take(self, action: Action) -> None:
        """Decide an action and fold what follows from it."""
        events = decide(self._outage, action, self._now(), self._policy, self._outage.rules_version)
        for event in events:
            before, self._outage = self._outage, evolve(self._outage, event)
            if self._sparing and stirs(before, self._outage, event.what.kind):
                self._stir_owed = True
        self._unsent.extend(events)

    def _by_system(self, action_id: str, what: Request) -> bool:
        try:
            self._take(Action(id=action_id, actor=SYSTEM, what=what))
        except Refused:
            return False
        return True

    def _answer(self, action_id: str, *, repeated: bool) -> m.ActionAnswer:
        answer = self._outage.answer_to(action_id)
        return m.ActionAnswer(
            outage=self._outage.id,
            action_id=action_id,
            seq=answer.seq if answer else self._outage.seq,
            stage=answer.stage if answer else self._outage.stage,
            status=answer.status if answer else self._outage.status,
            repeated=repeated,
        )

    def _climb(self) -> None:
        """Climb every rung that is due and end a verification whose time is up."""
        wake = next_wake(self._outage, self._policy)
        if wake is not None and wake <= self._now():
            self._by_system("climb", Climb())

    def _begin_effects(self) -> None:
        if self._unsent:
            self._begin("project", self._project())
        if self._stir_owed and not self._unsent and "project" not in self._busy:
            self._begin("stir", self._stir())
        for duty in duties(self._outage):
            if duty is Duty.ARCHIVE and (self._unsent or self._busy or self._archived):
                continue
            if duty is Duty.REGROUP and self._unsent:
                continue  # the rows must know of everything before reports leave
            self._begin(duty.value, self._do(duty))

    def _begin(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Start an effect unless the same one is under way."""
        if name in self._busy:
            work.close()
            return
        self._busy[name] = asyncio.create_task(self._finish(name, work))

    async def _finish(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - see below
            # A fault here would die unheard with its task: raised by `run` it stalls the run,
            # which the metrics show, until the code is mended; the outage is never given up.
            self._fault = error
        finally:
            del self._busy[name]

    async def _rest(self) -> None:
        """Sleep until something is said, an effect ends or a deadline falls due."""
        before = self._marks()
        wake = next_wake(self._outage, self._policy)
        wait: timedelta | None = None
        if wake is not None:
            due_in = self._start.opening.clock.real(wake) - workflow.now()
            # Still due after climbing: the rules refused to, and asking at once would not help.
            wait = due_in if due_in > timedelta(0) else _STILL_DUE
        await self._alarm.rest(lambda: before != self._marks(), wake, wait)

    def _marks(self) -> tuple[int, int, int]:
        return self._outage.seq, len(self._unsent), len(self._busy)

    async def _project(self) -> None:
        """Write all unsent events in one call; they stay ours until it succeeded."""
        batch, stir = tuple(self._unsent), None
        if self._sparing and self._stir_owed:
            stir, self._stir_owed = self._outage.district, False
        await ask(
            OutageHands.project,
            m.Batch(outage=self._outage.id, events=batch, state=self._outage, stir=stir),
        )
        del self._unsent[: len(batch)]
        if not self._sparing and any(event.what.kind in BOARD_MATTERS for event in batch):
            self._stir_owed = True
        if self._shown is not self._outage.stage:
            self._shown = self._outage.stage
            workflow.upsert_search_attributes([_STAGE.value_set(self._shown.value)])

    async def _stir(self) -> None:
        self._stir_owed = False
        await ask(OutageHands.stir_board, self._outage.district)

    async def _do(self, duty: Duty) -> None:
        outage = self._outage
        match duty:
            case Duty.OPEN_CALLBACKS:
                await self._open_callbacks(outage)
            case Duty.REGROUP:
                await self._regroup(outage)
            case Duty.SEAL:
                await self._seal(outage)
            case Duty.ARCHIVE:
                await ask(OutageHands.start_archive, m.ArchiveAsk(outage=outage.id))
                self._archived = True

    async def _seal(self, outage: Outage) -> None:
        what = m.SealAsk(outage=outage.id, watermark=outage.watermark, now=self._now())
        sealed: m.SealAnswer = await ask(OutageHands.seal, what)
        if sealed.unheard:
            await self._hear_more(outage.watermark)
            return
        noted = self._by_system(f"seal/{outage.seq}", NoteSeal(missing=sealed.missing))
        if noted or sealed.missing:
            return
        # Sealed, but no longer ready to close: a customer is off again. A sealed order would
        # get no crew.
        await ask(OutageHands.unseal, what)
        self._stir_owed = True

    async def _regroup(self, outage: Outage) -> None:
        noted = await regroup(outage, self._now())
        if noted is not None:
            self._by_system(f"regrouped/{outage.seq}", noted)

    async def _hear_more(self, watermark: int) -> None:
        """Wait for the word of a report that is stored; the relay brings it."""
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._outage.watermark > watermark, timeout=_STILL_DUE
            )

    async def _open_callbacks(self, outage: Outage) -> None:
        number = outage.restoration_no
        await ask(
            OutageHands.open_callbacks,
            m.OpenCallbacks(
                outage=outage.id,
                restoration_no=number,
                restored_at=outage.restored_at or self._now(),
                now=self._now(),
            ),
        )
        self._by_system(
            f"callbacks-opened/{number}/{outage.seq}", NoteCallbacksOpened(restoration_no=number)
        )


def _told(refusal: Refused) -> ApplicationError:
    """Carry a refusal over the line: its code as the type, its parameters as details."""
    told = {**refusal.params, "_pointer": refusal.pointer}
    return ApplicationError(str(refusal), told, type=refusal.code, non_retryable=True)
