"""The whole document is tried against a running installation: nothing breaks, all is as it says.

Each operation is asked at its boundaries, by chance and along the links, by those who may in turn,
and then by somebody who may not. Always the same tries; `make soak` makes many more, and others.
"""

import copy
from collections.abc import Collection
from typing import Any

import pytest

from api.sign_in import Caller
from tests.api.document import DOCUMENT
from tests.contract.fuzz import EXEMPT, ROLES, Effort, Findings, fuzz
from tests.contract.seed import Seed

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("contract")]

OPERATIONS = {
    operation["operationId"]: operation
    for path, methods in DOCUMENT["paths"].items()
    for operation in methods.values()
    if path not in EXEMPT
}
MANY = 30
"""So many operations at least must have been done, not refused; which, depends on what happens."""


def hold(found: Findings, only: Collection[str] = tuple(OPERATIONS)) -> None:
    """Fail with everything that was found, and when something was not tried at all."""
    assert found.faults == {}, found
    assert set(only) - set(found.operations) == set()


def test_every_operation_is_open_to_a_role_that_is_tried() -> None:
    for name, operation in OPERATIONS.items():
        assert set(operation.get("x-roles", ROLES)) & set(ROLES), name


def test_whatever_may_be_asked_is_answered_as_documented(house: Seed) -> None:
    found = fuzz(house, DOCUMENT, Effort(examples=3, sequences=40, boundaries=True))

    hold(found)
    assert {"200", "201", "401", "403", "404", "405", "422"} <= set(found.statuses), found
    assert len(found.done) >= MANY, set(OPERATIONS) - set(found.done)


def test_whoever_may_not_ask_is_answered_as_documented(house: Seed) -> None:
    found = fuzz(house, DOCUMENT, Effort(outsiders=True))

    hold(found)
    assert found.statuses.most_common(1)[0][0] == "403", found


def test_an_answer_that_breaks_its_promise_is_found(house: Seed) -> None:
    document: dict[str, Any] = copy.deepcopy(DOCUMENT)
    document["components"]["schemas"]["Caller"]["required"] = ["shoe_size"]
    crew = document["paths"]["/v1/crews/{crew_id}"]["get"]["responses"]
    del crew["403"]
    crew["401"]["x-codes"] = []
    outsiders = fuzz(house, document, Effort(outsiders=True), ["show_crew"])
    entitled = fuzz(house, document, Effort(), ["show_me", "show_crew"])
    told = " ".join(entitled.faults)

    assert "GET /v1/me: response_schema_conformance" in told
    assert "GET /v1/crews/{crew_id}: 401 token_missing" in told
    assert "GET /v1/crews/{crew_id}: status_code_conformance" in " ".join(outsiders.faults)


def test_a_handler_that_breaks_is_found(house: Seed, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(Caller, "model_dump", broken)
    found = fuzz(house, DOCUMENT, Effort(examples=1), ["show_me"])

    assert any("GET /v1/me: not_a_server_error" in fault for fault in found.faults), found


@pytest.mark.soak
@pytest.mark.parametrize("number", range(6))
def test_everything_is_tried_at_length(house: Seed, number: int) -> None:
    effort = Effort(number=100 + number, examples=40, sequences=200, boundaries=number == 0)
    hold(fuzz(house, DOCUMENT, effort))
