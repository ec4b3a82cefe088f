"""What is said to boards and asked of their hands: plans by hash, orders, locks, leases."""

from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.actions import Action
from domain.board import Pin, Placing
from domain.board_actions import Reason
from domain.clock import HouseClock
from domain.kinds import Mode
from domain.value import Value

PlanStatus = Literal["proposed", "accepted", "partly", "declined", "delivered", "shadow"]


class BoardStart(Value):
    """How a district's board begins, or goes on after continue-as-new."""

    district: str
    clock: HouseClock
    mode: Mode = Mode.AUTO
    epoch: int = 0
    ledger: tuple[Placing, ...] = ()
    pins: tuple[Pin, ...] = ()
    answered: tuple[str, ...] = ()
    plan: str | None = None
    plans: int = 0


class PlanAsk(Value):
    """Ask the planner for a plan of a district, with what the board knows beyond the rows."""

    district: str
    mode: Mode
    now: AwareDatetime
    ledger: tuple[Placing, ...] = ()
    pins: tuple[Pin, ...] = ()
    previous: str | None = None
    danger_only: bool = False


class PlannedMove(Value):
    """One change a plan asks for: a task to a crew, from another crew or from none.

    With `borrow_until` the crew is another district's, and needs a lease first. Where the crew
    holds the task already, it is told another time.
    """

    task: str
    crew: str | None
    eta: AwareDatetime | None = None
    holder: str | None = None
    reason: str | None = None
    borrow_until: AwareDatetime | None = Field(default=None, exclude_if=lambda given: given is None)

    @property
    def stays(self) -> bool:
        """Tell whether the task stays with its crew, which is told another time."""
        return self.crew is not None and self.crew == self.holder


class PlanBrief(Value):
    """A plan by hash, and the first of its moves; `more` tells that there are others.

    `returned` are the districts to stir: they have crews back which were borrowed of them, or
    such a crew is of use to them.
    """

    plan: str | None
    moves: tuple[PlannedMove, ...] = ()
    more: bool = False
    settled: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    returned: tuple[str, ...] = Field(default=(), exclude_if=lambda given: not given)
    violations: int = 0


class MovesAsk(Value):
    """Ask for the moves of a stored plan: all, or those of some tasks."""

    district: str
    plan: str
    tasks: tuple[str, ...] | None = None
    now: AwareDatetime


class HolderAsk(Value):
    """Ask who holds a task, as far as the rows know."""

    task: str


class Holder(Value):
    """The crew on a task, and whether the crew may still be called off it."""

    known: bool
    crew: str | None = None
    callable_off: bool = False
    outage_seq: int = 0


class Delivery(Value):
    """Tell an outage one action of a board; `fence` is the number of the crew's lease."""

    district: str
    action: Action
    after_release: bool = False
    fence: int | None = Field(default=None, exclude_if=lambda given: given is None)


class Delivered(Value):
    """What the outage said: its number after the action, or the code of its refusal."""

    task: str
    seq: int = 0
    refused: str | None = None
    current_epoch: int | None = None


class PlanVerdict(Value):
    """How a plan was taken up."""

    district: str
    plan: str
    status: PlanStatus
    now: AwareDatetime


class AssignOrder(Value):
    """A dispatcher gives a task to a crew."""

    kind: Literal["assign"] = "assign"
    task: str
    crew: str


class ReleaseOrder(Value):
    """A dispatcher takes a task back."""

    kind: Literal["release"] = "release"
    task: str
    reason: Reason


class PinOrder(Value):
    """A dispatcher locks a task, or lifts the lock."""

    kind: Literal["pin"] = "pin"
    pin: Pin
    lift: bool = False

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """Refuse a lock that does not say what it locks: a planner could do nothing with it."""
        kind, begins, ends = self.pin.kind, self.pin.not_before, self.pin.not_after
        if self.lift:
            return self
        if kind in ("crew", "both", "not") and self.pin.crew is None:
            raise PydanticCustomError("lock_incomplete", "a lock of this kind names a crew")
        if kind in ("time", "both", "range") and begins is None:
            raise PydanticCustomError("lock_incomplete", "a lock of this kind gives a start")
        if kind == "range" and (begins is None or ends is None or ends < begins):
            raise PydanticCustomError("range_reversed", "a range ends after its start")
        return self


class ModeOrder(Value):
    """A supervisor sets how far the board may act by itself, and why."""

    kind: Literal["mode"] = "mode"
    mode: Mode
    reason: Reason | None = Field(default=None, exclude_if=lambda given: given is None)


class AcceptOrder(Value):
    """A dispatcher takes up a proposed plan: all (None), some, or none (empty)."""

    kind: Literal["accept"] = "accept"
    plan: str
    tasks: tuple[str, ...] | None = None


class BorrowOrder(Value):
    """A dispatcher borrows a crew of another district until a time, or gives it back."""

    kind: Literal["borrow"] = "borrow"
    crew: str
    until: AwareDatetime | None = None


class Order(Value):
    """One order to a board, with its id and who gave it."""

    id: str = Field(min_length=1, max_length=128)
    subject: str
    what: AssignOrder | ReleaseOrder | PinOrder | ModeOrder | AcceptOrder | BorrowOrder = Field(
        discriminator="kind"
    )


class OrderTaken(Value):
    """The board has the order; what it came to is recorded under the order's id."""

    order_id: str
    repeated: bool = False


class OrderOutcome(Value):
    """What an order came to, for the record."""

    district: str
    order: Order
    accepted: bool
    refused: str | None = None
    done: tuple[Delivered, ...] = ()
    now: AwareDatetime


class LeaseAsk(Value):
    """Ask for a crew on lease for a district; `until` None gives it back.

    With a `task` the lender's policy is asked, and the lease ends with the crew's last task here.
    """

    district: str
    crew: str
    until: AwareDatetime | None
    now: AwareDatetime
    task: str | None = Field(default=None, exclude_if=lambda given: given is None)


class LeaseAnswer(Value):
    """The fencing number of a lease, or why there is none."""

    fence: int | None = None
    refused: str | None = None


class BoardView(Value):
    """A board as seen from outside."""

    district: str
    mode: Mode
    epoch: int
    plan: str | None
    pins: tuple[Pin, ...]
    unsettled: int
    plans: int
