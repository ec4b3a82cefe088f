"""Who may ask for what, and what people of another district hear: drawn from the doors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from fastapi.routing import APIRoute

from api.document import roles_of
from api.sign_in.caller import PERSONS
from api.sign_in.scopes import scope_of
from domain.kinds import Role


class Elsewhere(StrEnum):
    """What somebody hears who may use an endpoint, but for another district's things."""

    REFUSED = "refused"
    HIDDEN = "not found"
    LEFT_OUT = "left out"
    SAME = "the same"


REFUSED, HIDDEN, LEFT_OUT, SAME = Elsewhere
_OF_NO_DISTRICT = frozenset({"me", "policies"})
"""First words of addresses behind which nothing belongs to a district."""
ELSEWHERE = {
    "POST /v1/reports": SAME,  # whoever sees a light go out may say so, wherever it is
    "POST /v1/meter-events": SAME,  # meters are read for all districts by one machine
    "GET /v1/reports": LEFT_OUT,
    "GET /v1/reports/{report_id}": HIDDEN,
    "GET /v1/outages": LEFT_OUT,
    "GET /v1/outages/{outage_id}": REFUSED,
    "GET /v1/outages/{outage_id}/timeline": REFUSED,
    "GET /v1/outages/{outage_id}/plans": REFUSED,
    "GET /v1/outages/{outage_id}/extent": REFUSED,
    "GET /v1/outages/{outage_id}/devices": REFUSED,
    "GET /v1/places": LEFT_OUT,
    "GET /v1/matches": SAME,  # who takes a call from elsewhere must know what to say there too
    "POST /v1/outages/{outage_id}/actions": REFUSED,
    "POST /v1/outages/{outage_id}/links": REFUSED,
    "POST /v1/outages/{outage_id}/photos": REFUSED,
    "GET /v1/outages/{outage_id}/photos": REFUSED,
    "GET /v1/photos/{photo_id}": REFUSED,
    "GET /v1/crews": LEFT_OUT,
    "GET /v1/crews/{crew_id}": REFUSED,
    "GET /v1/crews/{crew_id}/route": REFUSED,
    "POST /v1/crews/{crew_id}/positions": REFUSED,
    "PUT /v1/crews/{crew_id}/parts": REFUSED,
    "POST /v1/crews/{crew_id}/shifts": REFUSED,
    "GET /v1/shifts/{shift_id}": REFUSED,
    "PATCH /v1/shifts/{shift_id}": REFUSED,
    "GET /v1/boards/{district}": REFUSED,
    "GET /v1/boards/{district}/plans": REFUSED,
    "GET /v1/boards/{district}/standby": REFUSED,
    "POST /v1/boards/{district}/orders": REFUSED,
    "GET /v1/plans/{plan_hash}": HIDDEN,
    "GET /v1/plans/{plan_hash}/snapshot": HIDDEN,
    "GET /v1/plans/{plan_hash}/why": HIDDEN,
    "GET /v1/plans/{plan_hash}/fit": HIDDEN,
    "GET /v1/plans/{plan_hash}/price": HIDDEN,
    "GET /v1/orders/{order_id}": HIDDEN,
    "GET /v1/pages": LEFT_OUT,
    "POST /v1/pages/{page_id}/acknowledge": HIDDEN,
    "GET /v1/callbacks": LEFT_OUT,
    "GET /v1/callbacks/next": LEFT_OUT,
    "POST /v1/callbacks/{callback_id}/attempts": REFUSED,
    "POST /v1/callbacks/{callback_id}/unreached": REFUSED,
    "GET /v1/discrepancies": LEFT_OUT,
    "GET /v1/dead-letters": LEFT_OUT,
    "POST /v1/dead-letters/{message_id}/revive": HIDDEN,
    "GET /v1/districts/{district}/moment": REFUSED,
    "GET /v1/districts/{district}/policy": REFUSED,
    "PUT /v1/districts/{district}/policy": REFUSED,
    "GET /v1/districts/{district}/policy/changes": REFUSED,
    "GET /v1/closures": SAME,  # a road that is closed is closed for whoever drives there
    "POST /v1/closures": REFUSED,
    "POST /v1/closures/{closure_id}/lift": REFUSED,
    "GET /v1/bookings": LEFT_OUT,
    "POST /v1/bookings": REFUSED,
    "POST /v1/bookings/{booking_id}/end": REFUSED,
    "GET /v1/planned-works": LEFT_OUT,
    "POST /v1/planned-works": REFUSED,
    "POST /v1/planned-works/{work_id}/end": REFUSED,
    "GET /v1/commitments": REFUSED,
    "GET /v1/live": REFUSED,
    "GET /v1/map": LEFT_OUT,
    "GET /v1/tiles/land/{z}/{x}/{y}": SAME,  # a land is nobody's district
    "GET /v1/tiles/network/{z}/{x}/{y}": LEFT_OUT,
}
BUT = {
    # What a crew says of the field is kept first and judged by the outage, wherever that lies.
    ("POST /v1/outages/{outage_id}/actions", Role.CREW): SAME,
    # Wherever a crew is lent to, it works on the network.
    ("GET /v1/tiles/network/{z}/{x}/{y}", Role.CREW): SAME,
    # A crew is lent to other districts: its own tasks are what it may take over.
    ("POST /v1/pages/{page_id}/acknowledge", Role.CREW): REFUSED,
}
"""Where one role hears something else; for a crew elsewhere is where it was not sent."""


class NotSaid(LookupError):  # noqa: N818 - read as a sentence
    """An endpoint of which nobody has said what people of another district hear."""


@dataclass(frozen=True)
class Row:
    """One endpoint: who may use it, under which scope, and what is heard from elsewhere."""

    endpoint: str
    scope: str | None
    roles: frozenset[Role]
    elsewhere: dict[Role, Elsewhere]

    @property
    def is_open(self) -> bool:
        """Tell whether nobody is asked who they are."""
        return not self.roles


def matrix(routes: Iterable[APIRoute]) -> list[Row]:
    """Return a row for every endpoint; raises NotSaid where one is missing."""
    return [_row(method, route) for route in routes for method in sorted(route.methods or ())]


def _row(method: str, route: APIRoute) -> Row:
    path = route.path.replace(":path", "")
    endpoint = f"{method} {path}"
    roles = frozenset(Role(role) for role in roles_of(route))
    known = SAME if path.split("/")[2:3] and path.split("/")[2] in _OF_NO_DISTRICT else None
    said = ELSEWHERE.get(endpoint, known)
    if roles and said is None:
        raise NotSaid(f"say in ELSEWHERE of api/authorisation.py what {endpoint} answers elsewhere")
    heard = {role: BUT.get((endpoint, role), said) for role in roles}
    return Row(endpoint, scope_of(method, path), roles, {k: v for k, v in heard.items() if v})


def table(rows: Sequence[Row]) -> str:
    """Return the matrix as a page shows it."""
    roles = sorted(PERSONS)
    head = ["endpoint", "scope", *(role.value.replace("_", " ") for role in roles)]
    lines = [head, ["---"] * len(head)]
    for row in rows:
        cells = [_cell(row, role) for role in roles]
        lines.append([f"`{row.endpoint}`", f"`{row.scope}`" if row.scope else "–", *cells])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _cell(row: Row, role: Role) -> str:
    if row.is_open:
        return "open"
    return row.elsewhere[role].value if role in row.roles else "–"
