"""The hands of a board on the work queue: deliver, look up, record, lease."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from temporalio import activity
from temporalio.client import Client

from activities.planning import Planning
from activities.rows import in_rows
from domain.board_actions import Assign
from domain.errors import Refused
from domain.ids import outage_of_task
from roads.choosing import Roads
from store import boards, installation, leases, lending, outages, plan_runs
from store.kill_points import reach
from workflows import lines
from workflows import messages as m
from workflows.hands import BoardHands


class BoardWork(BoardHands):
    """Does what a board asks for without the planner."""

    def __init__(self, engine: Engine, client: Client, roads: Roads | None = None) -> None:
        """Work on one database and one Temporal; without roads nobody drives on streets."""
        self._engine = engine
        self._client = client
        self._planning = Planning(engine, roads)

    @activity.defn
    def nearest_for_danger(self, ask: m.PlanAsk) -> m.PlanBrief:
        """Find the nearest qualified crew for each open danger; fast, no solver."""
        return self._planning.danger(ask)

    @activity.defn
    def find_moves(self, ask: m.MovesAsk) -> m.PlanBrief:
        """Compare a stored plan with what is now."""
        return self._planning.moves_of(ask)

    @activity.defn
    def task_holder(self, ask: m.HolderAsk) -> m.Holder:
        """Read who holds a task."""
        with Session(self._engine) as session:
            row = boards.holder(session, ask.task)
        if row is None:
            return m.Holder(known=False)
        return m.Holder(
            known=True, crew=row.crew_id, callable_off=row.callable_off, outage_seq=row.outage_seq
        )

    @activity.defn
    async def deliver(self, delivery: m.Delivery) -> m.Delivered:
        """Tell the outage; its refusal is data for the next plan."""
        what = delivery.action.what
        task = getattr(what, "task", "")
        if delivery.after_release:
            reach("between_release_and_assign")
        try:
            if isinstance(what, Assign):
                await in_rows(self._engine, lambda s: _claim(s, delivery, what))
            opening = await in_rows(
                self._engine, lambda s: outages.opening(s, outage_of_task(task))
            )
            answer = await lines.act_on_outage(self._client, opening, delivery.action)
        except lines.LineClosed:
            told = m.Delivered(task=task, refused="outage_closed")
        except Refused as refusal:
            current = refusal.params.get("current")
            told = m.Delivered(
                task=task,
                refused=refusal.code,
                current_epoch=current if isinstance(current, int) else None,
            )
        else:
            told = m.Delivered(task=task, seq=answer.seq)
        if isinstance(what, Assign):
            seq = told.seq if told.refused is None else None
            await in_rows(self._engine, lambda s: leases.settle(s, task, delivery.district, seq))
        return told

    @activity.defn
    def record_order(self, outcome: m.OrderOutcome) -> None:
        """Write the outcome beside the order it answers."""
        answer = outcome.model_dump(mode="json", include={"accepted", "refused", "done"})
        with Session(self._engine) as session, session.begin():
            boards.record_outcome(
                session,
                outcome.order.id,
                outcome.district,
                kind=outcome.order.what.kind,
                subject=outcome.order.subject,
                body=outcome.order.what.model_dump(mode="json"),
                answer=answer,
                now=outcome.now,
            )

    @activity.defn
    def record_board(self, view: m.BoardView) -> None:
        """Write how the board stands."""
        with Session(self._engine) as session, session.begin():
            boards.record_view(session, view.district, view.mode, view.model_dump(mode="json"))

    @activity.defn
    def record_plan(self, verdict: m.PlanVerdict) -> None:
        """Write how a plan was taken up."""
        with Session(self._engine) as session, session.begin():
            plan_runs.set_status(
                session, verdict.district, verdict.plan, verdict.status, verdict.now
            )

    @activity.defn
    def lease_crew(self, ask: m.LeaseAsk) -> m.LeaseAnswer:
        """Take a crew on lease under a new fencing number, or give it back."""
        with Session(self._engine) as session, session.begin():
            try:
                if ask.until is None:
                    leases.release(session, ask.crew, ask.district, ask.now)
                    return m.LeaseAnswer()
                given = (ask.now, ask.until)
                if ask.task is None:
                    fence = leases.take(session, ask.crew, ask.district, *given)
                else:
                    fence = lending.lend(session, ask.crew, ask.district, ask.task, *given)
            except Refused as refusal:
                return m.LeaseAnswer(refused=refusal.code)
        return m.LeaseAnswer(fence=fence)


def _claim(session: Session, delivery: m.Delivery, what: Assign) -> None:
    """Hold a crew for its task before the outage is told, so that no other board takes it."""
    now = installation.house_now(session)
    leases.claim(session, what.crew, delivery.district, what.task, now, delivery.fence)
