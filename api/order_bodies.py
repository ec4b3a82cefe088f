"""Bodies of orders to a board: the board's own orders with an id in front."""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, get_args

from fastapi import Body as AsBody
from pydantic import BaseModel, ConfigDict, Field, create_model
from typing_extensions import TypeAliasType

from api.action_bodies import kind_of
from api.bodies import Id
from api.strictness import Moment, Strictly
from domain.board_actions import Reason
from workflows import messages as m


class OrderEnvelope(BaseModel):
    """What goes with every order: the id under which its outcome is found."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id | None = None


class PinIn(m.Pin):
    """A lock on a task; its times are held to this century."""

    not_before: Moment | None = None
    not_after: Moment | None = None


ORDERS: dict[str, type[BaseModel]] = {
    kind_of(order): order for order in get_args(m.Order.model_fields["what"].annotation)
}
_Name = Annotated[str, Field(min_length=1, max_length=128)]
_OVERRIDES: dict[str, dict[str, Any]] = {
    "assign": {"task": (_Name, ...), "crew": (_Name, ...)},
    "release": {"task": (_Name, ...), "reason": (Reason, ...)},
    "pin": {"pin": (PinIn, ...)},
    "accept": {
        "plan": (_Name, ...),
        "tasks": (Annotated[tuple[_Name, ...], Field(max_length=500)] | None, None),
    },
    "borrow": {"crew": (_Name, ...), "until": (Moment | None, None)},
}
_BODIES = tuple(
    create_model(
        f"{order.__name__}Body",
        __base__=(OrderEnvelope, order),
        __doc__=order.__doc__,
        # It tells the kinds apart, so it is never left out.
        kind=(order.model_fields["kind"].annotation, ...),
        **_OVERRIDES.get(kind, {}),
    )
    for kind, order in ORDERS.items()
)
_Body: Any = Annotated[reduce(or_, _BODIES), Field(discriminator="kind")]
if TYPE_CHECKING:
    StrictOrder = OrderEnvelope
else:
    StrictOrder = Annotated[TypeAliasType("AnyOrder", _Body), Strictly(_Body), AsBody()]
"""The body of an order, told apart by its kind."""


def order_of(body: OrderEnvelope, order_id: str, subject: str) -> m.Order:
    """Return the board's order that a body carries."""
    what = ORDERS[body.kind]  # type: ignore[attr-defined]
    fields = body.model_dump(mode="json", include=set(what.model_fields))
    return m.Order.model_validate({"id": order_id, "subject": subject, "what": fields})
