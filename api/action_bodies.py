"""Bodies of actions: one per action a person may ask, derived from the domain's own table."""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, get_args

from fastapi import Body as AsBody
from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import TypeAliasType

from api.bodies import Id
from api.places import PointIn
from api.sign_in import PERSONS
from api.strictness import Moment, Strictly
from domain.actions import Request
from domain.moves import MOVES

LONGEST = 8_192


class ActionEnvelope(BaseModel):
    """What goes with every action: its id, when it happened, and which device says so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id | None = None
    occurred_at: Moment | None = None
    device: Id | None = None
    device_seq: int | None = Field(default=None, ge=0, le=2**53 - 1)
    position: PointIn | None = None

    @model_validator(mode="after")
    def _short(self) -> "ActionEnvelope":
        # Actions travel through Temporal: ids and a reason, never a document.
        if len(self.model_dump_json()) > LONGEST:
            raise PydanticCustomError("string_too_long", "long", {"max_length": LONGEST})
        return self


_OVERRIDES: dict[str, dict[str, Any]] = {"give_estimate": {"etr": (Moment, ...)}}


def kind_of(request: type[BaseModel]) -> str:
    """Return the kind a class of actions or orders is named by."""
    return str(request.model_fields["kind"].default)


REQUESTS: dict[str, type[BaseModel]] = {
    kind_of(request): request
    for request in get_args(get_args(Request)[0])
    if MOVES[kind_of(request)].roles & PERSONS
}
"""Actions that some person may ask; boards and the system have others of their own."""

_LOOKED_UP = {"confirm_device": "held"}
"""What no person says: it is looked up here before the outage is asked."""


def _body(kind: str, request: type[BaseModel]) -> type[BaseModel]:
    """Return the body for a kind of action: what a person says, and the envelope around it."""
    # The kind tells bodies apart, so it is never left out.
    told: dict[str, Any] = {"kind": (request.model_fields["kind"].annotation, ...)}
    told |= _OVERRIDES.get(kind, {})
    bases: tuple[type[BaseModel], ...] = (ActionEnvelope, request)
    if kind in _LOOKED_UP:
        bases = (ActionEnvelope,)
        said = {n: f for n, f in request.model_fields.items() if n != _LOOKED_UP[kind]}
        told = {name: (field.annotation, field) for name, field in said.items()} | told
    name = f"{request.__name__}Body"
    return create_model(name, __base__=bases, __doc__=request.__doc__, **told)


_BODIES = tuple(_body(kind, request) for kind, request in REQUESTS.items())
_Body: Any = Annotated[reduce(or_, _BODIES), Field(discriminator="kind")]
if TYPE_CHECKING:
    StrictAction = ActionEnvelope
else:
    StrictAction = Annotated[TypeAliasType("AnyAction", _Body), Strictly(_Body), AsBody()]
"""The body of an action, told apart by its kind."""


def request_of(body: ActionEnvelope) -> Any:
    """Return the domain's request that a body carries."""
    request = REQUESTS[body.kind]  # type: ignore[attr-defined]
    said = [name for name in request.model_fields if name in type(body).model_fields]
    return request.model_validate({name: getattr(body, name) for name in said})
