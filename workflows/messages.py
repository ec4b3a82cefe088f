"""What is said to workflows and asked of the hands: small values, ids and hashes only."""

from typing import Any, Literal

from pydantic import AwareDatetime, Field

from domain.board import Pin, Placing
from domain.clock import HouseClock
from domain.events import Event
from domain.opening import OutageOpening
from domain.outage import Outage, Stage
from domain.report import Meters
from domain.value import Value
from workflows.board_messages import (
    AcceptOrder,
    AssignOrder,
    BoardStart,
    BoardView,
    BorrowOrder,
    Delivered,
    Delivery,
    Holder,
    HolderAsk,
    LeaseAnswer,
    LeaseAsk,
    ModeOrder,
    MovesAsk,
    Order,
    OrderOutcome,
    OrderTaken,
    PinOrder,
    PlanAsk,
    PlanBrief,
    PlannedMove,
    PlanStatus,
    PlanVerdict,
    ReleaseOrder,
)

__all__ = [
    "PLAN_QUEUE",
    "WORK_QUEUE",
    "AcceptOrder",
    "ActionAnswer",
    "ArchiveAnswer",
    "ArchiveAsk",
    "AssignOrder",
    "Batch",
    "BoardStart",
    "BoardView",
    "BorrowOrder",
    "CallbacksStart",
    "CampaignAsk",
    "CampaignEnd",
    "CampaignReply",
    "CampaignTally",
    "Delivered",
    "Delivery",
    "Holder",
    "HolderAsk",
    "LeaseAnswer",
    "LeaseAsk",
    "ModeOrder",
    "MovesAsk",
    "OpenCallbacks",
    "Order",
    "OrderOutcome",
    "OrderTaken",
    "Pin",
    "PinOrder",
    "Placing",
    "PlanAsk",
    "PlanBrief",
    "PlanStatus",
    "PlanVerdict",
    "PlannedMove",
    "ReleaseOrder",
    "RepairStart",
    "SealAnswer",
    "SealAsk",
]

WORK_QUEUE = "relight-work"
PLAN_QUEUE = "relight-plan"


class RepairStart(Value):
    """How an outage's workflow begins, or goes on after continue-as-new."""

    opening: OutageOpening
    state: Outage | None = None


class ActionAnswer(Value):
    """What an action came to; a retry of the same id gets the same answer."""

    outage: str
    action_id: str
    seq: int
    stage: Stage
    status: str
    repeated: bool = False


class Batch(Value):
    """Events not yet in the database, with the state they lead to.

    `stir` names the district whose board is to be told when they are written.
    """

    outage: str
    events: tuple[Event, ...]
    state: Outage
    stir: str | None = None
    # Said by earlier versions and never read: a batch under way at an upgrade must be understood.
    policy: Any = Field(default=None, exclude=True, repr=False)


class OpenCallbacks(Value):
    """Ask that every reporter without an outcome be put on the callback list."""

    outage: str
    restoration_no: int
    restored_at: AwareDatetime
    now: AwareDatetime


class SealAsk(Value):
    """Ask whether the outage may close."""

    outage: str
    watermark: int
    now: AwareDatetime


class SealAnswer(Value):
    """How many reports lack an outcome; with none, and all of them heard, the outage is sealed."""

    missing: int
    unheard: bool = False


class CallbacksStart(Value):
    """How a callback campaign begins."""

    outage: str
    restoration_no: int
    clock: HouseClock


class CampaignAsk(Value):
    """Ask how a campaign stands."""

    outage: str
    restoration_no: int
    now: AwareDatetime


class CampaignTally(Value):
    """How a campaign stands: counts, no persons."""

    total: int
    open: int
    done: int
    unreached: int
    still_off: int
    next_due: AwareDatetime | None = None
    confirmed: Meters = 0
    silent: Meters = 0


class CampaignEnd(Value):
    """Tell the outage that every report of this restoration has an outcome."""

    outage: str
    restoration_no: int
    done: int
    unreached: int
    now: AwareDatetime
    confirmed: Meters = 0
    silent: Meters = 0


class CampaignReply(Value):
    """What the outage said to the end of a campaign."""

    reply: Literal["accepted", "superseded", "not_open"]


class ArchiveAsk(Value):
    """Ask that the histories of an outage's workflows be stored."""

    outage: str


class ArchiveAnswer(Value):
    """How many runs were stored, and whether all of the outage's runs are closed."""

    stored: int
    complete: bool
