"""What an outage owes the world next: the effects its workflow must ask the hands for."""

from enum import StrEnum

from domain.decide import ready_to_seal
from domain.outage import LIT, Outage, Stage


class Duty(StrEnum):
    """One kind of effect; each is idempotent and is owed until an event says it was done."""

    REGROUP = "regroup"
    OPEN_CALLBACKS = "open_callbacks"
    SEAL = "seal"
    ARCHIVE = "archive"


def campaign_owed(outage: Outage) -> bool:
    """Tell whether reporters are being called back: somebody must watch over that."""
    return (
        outage.stage in LIT
        and outage.callbacks_finished < outage.callbacks_opened == outage.restoration_no
    )


def duties(outage: Outage) -> tuple[Duty, ...]:
    """List what is owed now."""
    if outage.stage is Stage.CLOSED:
        return (Duty.ARCHIVE,)
    if outage.regrouping is not None:
        return (Duty.REGROUP,)
    if outage.stage in LIT and outage.callbacks_opened < outage.restoration_no:
        return (Duty.OPEN_CALLBACKS,)
    if ready_to_seal(outage):
        return (Duty.SEAL,)
    return ()
