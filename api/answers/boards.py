"""Answers about boards, their plans and the orders given to them."""

from typing import Any

from api.answers.base import Answer, Moment, Names


class Delivered(Answer):
    """What an outage said to one step of an order."""

    task: str
    seq: int
    refused: str | None
    current_epoch: int | None


class Outcome(Answer):
    """What an order came to; a refusal has a sentence."""

    accepted: bool
    refused: str | None
    done: list[Delivered]
    detail: str | None = None


class OrderDone(Outcome):
    """What an order came to, under its id."""

    order_id: str


class OrderPending(Answer):
    """The order is with its board; what it came to will be found at `Location`."""

    order_id: str
    accepted: None


class OrderShown(Answer):
    """An order; `outcome` is null while it is not known."""

    order_id: str
    district: str
    kind: str
    subject: str
    at: Moment
    order: dict[str, Any]
    outcome: Outcome | None


class PlanMade(Answer):
    """One run of the planner by hashes, and the mode of the board then."""

    id: str
    at: Moment
    mode: str
    snapshot_hash: str
    plan_hash: str


class PlanRun(PlanMade):
    """One run of the planner, and how its plan was taken up."""

    stop_cause: str
    solver: str
    wall_ms: int
    trigger: str
    status: str


class TaskPlanned(Answer):
    """What a plan meant for a task: a crew and when it comes, or why there is none.

    `slack_s` is how early it comes by the promise, negative when late; null where none is owed.
    """

    task: str
    crew: str | None
    crew_name: Names | None
    eta: Moment | None
    late_s: int | None
    slack_s: int | None
    reason: str | None


class PlanOfOutage(PlanRun):
    """One run of the planner, and what its plan meant for an outage."""

    tasks: list[TaskPlanned]


class BoardShown(Answer):
    """A board as it last told about itself."""

    district: str
    mode: str
    view: dict[str, Any] | None
    known_at: Moment | None
    latest_plan: PlanRun | None
    orders: list[OrderShown]
