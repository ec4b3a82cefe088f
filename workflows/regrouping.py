"""The saga of an order that gives up reports: each step is repeated until it is done."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.outage import Outage, TaskState
    from domain.regrouping import NoteMerge, NoteSplit
    from workflows import regrouping_messages as m
    from workflows.hands import RegroupingHands
    from workflows.patience import ask


async def regroup(outage: Outage, now: datetime) -> NoteMerge | NoteSplit | None:
    """Do what is under way and return what became of it."""
    under_way = outage.regrouping
    if under_way is None:
        return None
    if under_way.into is not None:
        refused = await _merge(outage, under_way.id, under_way.into, now)
        return NoteMerge(into=under_way.into, refused=refused)
    answer: m.SplitAnswer = await ask(
        RegroupingHands.take_out,
        m.SplitAsk(
            id=under_way.id,
            outage=outage.id,
            reports=under_way.reports,
            transformers=under_way.transformers,
            now=now,
        ),
    )
    return NoteSplit(
        into=answer.outage, moved=answer.moved, left=answer.left, refused=answer.refused
    )


async def _merge(outage: Outage, name: str, into: str, now: datetime) -> str | None:
    """Hand the reports over; where the other order refuses them, take them back."""
    merge = m.MergeAsk(
        id=name,
        outage=outage.id,
        into=into,
        now=now,
        cleared=outage.cleared_hazards,
        cleared_watermark=outage.cleared_watermark,
    )
    handed: m.MergeAnswer = await ask(RegroupingHands.hand_over, merge)
    if handed.refused is not None:
        return handed.refused
    absorbed: m.MergeAnswer = await ask(
        RegroupingHands.absorb,
        m.AbsorbAsk(
            id=name,
            outage=outage.id,
            into=into,
            restorations=outage.restoration_no,
            tasks=tuple(t for t in outage.open_tasks if t.state is not TaskState.QUEUED),
            first_arrived_at=outage.first_arrived_at,
        ),
    )
    if absorbed.refused is not None:
        await ask(RegroupingHands.take_back, merge)
    return absorbed.refused
