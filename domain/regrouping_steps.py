"""How merging and splitting change an order: what it takes over, gives up, and is left with."""

from domain import regrouping as r
from domain.events import Event
from domain.kinds import foremost
from domain.outage import ON_SITE, Outage, Regrouping, Stage
from domain.outage_steps import Step

REMEMBERED_OTHERS = 64
"""How many orders taken over are remembered; of older ones the event table tells."""


def _with(outage: Outage, **changes: object) -> Outage:
    return outage.model_copy(update=changes)


def _merge_begun(outage: Outage, what: r.MergeBegun, event: Event) -> Outage:
    under_way = Regrouping(id=f"{outage.id}/g{event.seq}", into=what.into)
    return _with(outage, regrouping=under_way)


def _split_begun(outage: Outage, what: r.SplitBegun, event: Event) -> Outage:
    under_way = Regrouping(
        id=f"{outage.id}/g{event.seq}", reports=what.reports, transformers=what.transformers
    )
    return _with(outage, regrouping=under_way)


def _refused(outage: Outage, _what: r.MergeRefused | r.SplitRefused, _event: Event) -> Outage:
    return _with(outage, regrouping=None)


def _merged(outage: Outage, what: r.Merged, event: Event) -> Outage:
    """End an order whose reporters are called back by the other one."""
    return _with(
        outage,
        regrouping=None,
        merged_into=what.into,
        stage=Stage.CLOSED,
        closed_at=event.at,
        customers_off=0,
        resolution="merged",
    )


def absorbed(outage: Outage, what: r.Absorbed) -> Outage:
    """Return the outage after taking over another; its reports are told by a tally of their own.

    Calls are numbered on from the higher of both restorations, so that no reporter is passed over
    who was on a list before. A crew on site of the other order has kept the arrival promise.
    """
    firsts = [at for at in (outage.first_arrived_at, what.first_arrived_at) if at is not None]
    return _with(
        outage,
        absorbed=(*outage.absorbed, what.outage)[-REMEMBERED_OTHERS:],
        restoration_no=max(outage.restoration_no, what.restorations),
        first_arrived_at=min(firsts, default=None),
    )


def _absorbed(outage: Outage, what: r.Absorbed, _event: Event) -> Outage:
    return absorbed(outage, what)


def joined(outage: Outage, what: r.TaskJoined) -> Outage:
    """Return the outage with the work of a crew that was out for the order taken over."""
    task = what.was.model_copy(update={"id": what.task, "after": ()})
    here = task.state in ON_SITE
    return _with(
        outage,
        tasks=(*outage.tasks, task),
        epoch=max(outage.epoch, task.epoch),
        arrived_cycle=outage.reopened if here else outage.arrived_cycle,
    )


def _joined(outage: Outage, what: r.TaskJoined, _event: Event) -> Outage:
    return joined(outage, what)


def split_off(outage: Outage, what: r.SplitOff) -> Outage:
    """Return the outage with what it is left with; its clock stays that of the first report."""
    # Where a device is known its customers are off, whoever's reports went elsewhere.
    customers = max(1, what.customers) if outage.device is None else outage.customers
    return _with(
        outage,
        regrouping=None,
        reports=what.reports,
        hazards=what.hazards,
        cleared_hazards=outage.cleared_hazards & what.hazards,
        life_support=what.life_support,
        customers=customers,
        customers_off=min(outage.customers_off, customers),
        key_class=foremost((what.key_class,)),
    )


def _split_off(outage: Outage, what: r.SplitOff, _event: Event) -> Outage:
    return split_off(outage, what)


REGROUPING_STEPS: dict[str, Step] = {
    "merge_begun": _merge_begun,
    "merge_refused": _refused,
    "merged": _merged,
    "absorbed": _absorbed,
    "task_joined": _joined,
    "split_begun": _split_begun,
    "split_off": _split_off,
    "split_refused": _refused,
}
