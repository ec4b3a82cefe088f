"""The documents say what the code does: every endpoint, its roles, every code and its status."""

import re

import httpx
import pytest
from pydantic import ValidationError

from api.document import doors
from api.faults import _OWN, CODES
from api.links import LINKS
from api.problems import STATUS, status_of
from api.routes import ROUTES
from api.sign_in import PERSONS
from domain.moves import MOVES
from domain.words import LANGUAGES, catalogue
from relight.settings import CODE
from tests.api.callers import signed_in
from tests.api.document import DOCUMENT, hold


def endpoints() -> dict[str, frozenset[str]]:
    """Return the roles of each endpoint; none for an open one."""
    return {
        f"{method} {route.path.replace(':path', '')}": frozenset(
            role.value for door in doors(route.dependant) for role in door.roles
        )
        for route in ROUTES
        for method in route.methods
    }


def table(name: str, columns: int) -> list[list[str]]:
    text = (CODE / "docs" / name).read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    return [row for row in rows if len(row) == columns]


def test_every_endpoint_is_documented_with_its_roles() -> None:
    documented = {
        row[0].strip("`"): frozenset() if row[1] == "open" else frozenset(row[1].split(", "))
        for row in table("api.md", 3)
    }

    assert documented == endpoints()


def test_every_code_is_documented_with_its_status() -> None:
    codes = set(STATUS) | {
        key.partition(".")[2] for key in catalogue("en") if key.startswith(("refused.", "problem."))
    }

    assert {row[0].strip("`"): int(row[1]) for row in table("errors.md", 3)} == {
        code: status_of(code) for code in codes
    }


def test_every_fault_is_documented_and_has_a_sentence_in_every_language() -> None:
    faults = set(CODES.values()) | _OWN | {"wrong_type", "wrong_form"}

    assert {row[0].strip("`") for row in table("errors.md", 2)} == faults
    for lang in LANGUAGES:
        assert {f"fault.{fault}" for fault in faults} <= catalogue(lang).keys()


def test_every_status_has_a_title() -> None:
    titled = {key.partition(".")[2] for key in catalogue("en") if key.startswith("problem_title.")}

    assert {str(status) for status in STATUS.values()} | {"409"} == titled


def filled(endpoint: str) -> tuple[str, str]:
    method, path = endpoint.split(" ")
    if path == "/v1/live":
        path += "?for_s=0"  # it would never end
    return method, re.sub(r"\{message_id\}", "1", re.sub(r"\{(?!message_id)\w+\}", "none", path))


@pytest.mark.parametrize("endpoint", sorted(endpoints()))
async def test_only_the_documented_roles_pass_the_door(
    client: httpx.AsyncClient, endpoint: str
) -> None:
    method, path = filled(endpoint)
    allowed = endpoints()[endpoint]
    if not allowed:
        assert (await client.request(method, path)).status_code in (200, 404)
        return
    stranger = await client.request(method, path)
    assert (stranger.status_code, stranger.json()["code"]) == (401, "token_missing")
    for role in PERSONS:
        response = await client.request(method, path, headers=signed_in(role.value))
        refused = response.status_code == 403 and response.json()["code"] == "role_may_not"
        assert refused == (role.value not in allowed), (role, response.text)
        assert response.status_code < 500, response.text


async def test_actions_of_the_document_are_the_moves_persons_may_make(
    client: httpx.AsyncClient,
) -> None:
    document = (await client.get("/openapi.json")).json()
    kinds = document["components"]["schemas"]["AnyAction"]["discriminator"]["mapping"]

    assert set(kinds) == {name for name, move in MOVES.items() if move.roles & PERSONS}


async def test_no_answer_of_the_document_is_a_bare_error(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()

    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            answers = operation["responses"]
            assert "default" not in answers, (method, path)
            assert "HTTPValidationError" not in str(answers), (method, path)
            for status, answer in answers.items():
                if int(status) >= 400 and path != "/readyz":
                    assert list(answer["content"]) == ["application/problem+json"]
                    assert {status_of(code) for code in answer["x-codes"]} == {int(status)}


async def test_every_endpoint_says_who_may_use_it(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()

    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert ("x-roles" in operation) == ("security" in operation), path


def test_every_operation_has_a_name_of_its_own_and_links_lead_to_operations() -> None:
    operations = {
        operation["operationId"]: operation
        for methods in DOCUMENT["paths"].values()
        for operation in methods.values()
    }

    assert len(operations) == sum(map(len, DOCUMENT["paths"].values()))
    for link in LINKS:
        assert link.name in operations[link.source]["responses"][str(link.status)]["links"]
        assert LINKS.count(link) == 1
        taken = {each["name"] for each in operations[link.target]["parameters"]}
        assert set(link.given) <= taken, link


def test_every_endpoint_names_the_shape_of_its_answer() -> None:
    nameless = [
        route.path
        for route in ROUTES
        if route.path.startswith("/v1")
        and not any({"model", "content"} & set(answer) for answer in route.responses.values())
    ]

    assert nameless == []


async def test_an_answer_that_is_not_as_documented_would_be_found_out() -> None:
    request = httpx.Request("GET", "http://relight.test/v1/me")

    await hold(httpx.Response(200, json={"subject": "a", "role": "admin"}, request=request))
    with pytest.raises(ValidationError):
        await hold(httpx.Response(200, json={"subject": "a"}, request=request))


async def test_a_refusal_that_is_not_documented_would_be_found_out() -> None:
    request = httpx.Request("GET", "http://relight.test/v1/me")
    headers = {"X-Request-Id": "a", "Retry-After": "2"}

    def said(status: int, code: str, **more: str) -> httpx.Response:
        return httpx.Response(status, json={"code": code}, headers=more, request=request)

    await hold(said(503, "database_unreachable", **headers))
    for undocumented in (
        said(503, "temporal_unreachable", **headers),
        said(503, "database_unreachable"),
        said(404, "not_found", **headers),
    ):
        with pytest.raises(AssertionError):
            await hold(undocumented)
