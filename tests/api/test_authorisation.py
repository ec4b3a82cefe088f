"""The authorisation matrix, cell by cell: role, endpoint, own and another district.

`RELIGHT_WRITE_DOCS=1 pytest tests/api/test_authorisation.py` writes docs/authorisation.md anew.
"""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import Engine

from api.authorisation import BUT, ELSEWHERE, Elsewhere, NotSaid, Row, matrix, table
from api.routes import ROUTES
from api.sign_in import PERSONS
from domain.kinds import Role
from domain.lifecycle import fill
from relight.settings import CODE
from tests.api.callers import signed_in
from tests.api.matrix import ASKS, Ask
from tests.api.matrix_ground import CREW, Ground, lay_in
from tests.api.test_grants import holding

PAGE = CODE / "docs" / "authorisation.md"
ROWS = {row.endpoint: row for row in matrix(ROUTES)}
LET_IN = frozenset({200, 201, 202, 204})
BEYOND = frozenset({"temporal_unreachable", "outcome_pending"})
"""Temporal is not asked here; whoever gets as far as that was let in."""
_GROUND: dict[str, Ground] = {}


@dataclass(frozen=True)
class Heard:
    """What somebody heard."""

    status: int
    code: str
    text: str


@pytest.fixture
async def ground(demo: Engine, client: httpx.AsyncClient) -> Ground:
    """One of everything in jp, laid in once for the module."""
    if str(demo.url) not in _GROUND:
        _GROUND[str(demo.url)] = await lay_in(demo, client)
    return _GROUND[str(demo.url)]


@pytest.fixture
async def plain(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client that asks only whether it is let in."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://relight.test") as http:
        yield http


def header(role: Role, *, own: bool) -> dict[str, str]:
    """Return the header of somebody of the district jp, or of somebody who has no part in it."""
    district = "jp" if own else "yl"
    subject = role.value if own or role is not Role.CUSTOMER else "another customer"
    crew = (CREW if own else "yl-crew-01") if role is Role.CREW else None
    return signed_in(role.value, subject, districts=(district,), crew=crew)


async def hear(http: httpx.AsyncClient, endpoint: str, ask: Ask, who: dict[str, str]) -> Heard:
    method = endpoint.partition(" ")[0]
    headers = who | dict(ask.headers)
    response = await http.request(method, ask.path, json=ask.json, files=ask.files, headers=headers)
    problem = response.status_code >= 400
    code = response.json()["code"] if problem else ""
    return Heard(response.status_code, code, response.text)


def was_let_in(heard: Heard, ask: Ask) -> bool:
    return heard.status in LET_IN or heard.code in BEYOND or heard.code in ask.settled


def fits(cell: Elsewhere, heard: Heard, ask: Ask) -> bool:
    """Tell whether somebody from elsewhere heard what the matrix says."""
    match cell:
        case Elsewhere.REFUSED:
            return heard.status == 403 and heard.code in (
                "other_district", "other_crew", "not_your_task"
            )  # fmt: skip
        case Elsewhere.HIDDEN:
            return heard.status == 404
        case Elsewhere.LEFT_OUT:
            assert ask.marks is not None, "say by what the list shows the thing"
            return heard.status in (200, 204) and ask.marks not in heard.text
        case Elsewhere.SAME:
            return was_let_in(heard, ask)


@pytest.mark.parametrize("endpoint", sorted(ROWS))
async def test_every_cell_is_as_the_matrix_says(
    plain: httpx.AsyncClient, ground: Ground, endpoint: str
) -> None:
    assert endpoint in ASKS, f"say in ASKS of tests/api/matrix.py how {endpoint} is asked"
    row = ROWS[endpoint]
    wrong = []
    for role in sorted(PERSONS):
        for own in (True, False):
            ask = ASKS[endpoint](ground, role)
            heard = await hear(plain, endpoint, ask, header(role, own=own))
            if not cell_holds(row, role, own, heard, ask):
                wrong.append((role.value, "own" if own else "another", heard))

    assert wrong == []


def cell_holds(row: Row, role: Role, own: bool, heard: Heard, ask: Ask) -> bool:
    if row.is_open:
        return was_let_in(heard, ask)
    if role not in row.roles:
        return (heard.status, heard.code) == (403, "role_may_not")
    if not own:
        return fits(row.elsewhere[role], heard, ask)
    shown = ask.marks is None or (ask.marks in heard.text) == ask.sees
    return was_let_in(heard, ask) and shown


@pytest.mark.parametrize("endpoint", sorted(name for name, row in ROWS.items() if row.scope))
async def test_a_machine_needs_the_scope_of_the_endpoint(
    plain: httpx.AsyncClient, ground: Ground, endpoint: str
) -> None:
    row = ROWS[endpoint]
    if row.is_open:
        return
    words = {each.scope for each in ROWS.values() if each.scope}
    role = min(row.roles)
    grant = f"crew@jp:{CREW}" if role is Role.CREW else f"{role.value}@jp"
    ask = ASKS[endpoint](ground, role)
    without = await hear(
        plain, endpoint, ask, holding(grant, scopes=(*sorted(words - {row.scope}),))
    )
    within = await hear(plain, endpoint, ask, holding(grant, scopes=(row.scope or "",)))
    stranger = await hear(plain, endpoint, ask, {})

    assert (without.status, without.code) == (403, "scope_missing")
    assert within.code != "scope_missing"
    assert (stranger.status, stranger.code) == (401, "token_missing")


def test_no_cell_is_untested_and_nothing_is_said_of_what_is_not_there() -> None:
    assert set(ASKS) == set(ROWS)
    assert set(ELSEWHERE) <= set(ROWS)
    assert {endpoint for endpoint, _ in BUT} <= set(ROWS)


def test_an_endpoint_of_which_nothing_is_said_is_found_out() -> None:
    route = next(each for each in ROUTES if each.path == "/v1/outages")
    new = APIRoute("/v1/kettles", route.endpoint, methods=["GET"])

    with pytest.raises(NotSaid, match=r"GET /v1/kettles"):
        matrix([new])


def test_the_table_of_the_page_is_that_of_the_doors() -> None:
    page = PAGE.read_text(encoding="utf-8")
    filled = fill(page, {"matrix": table(list(ROWS.values()))})
    if os.environ.get("RELIGHT_WRITE_DOCS"):
        PAGE.write_text(filled, encoding="utf-8")
        page = filled

    assert page == filled
