"""Every example of the document is sent, and every answer it shows has its shape."""

import json
import os
from typing import Any

import httpx
import pytest
from jsonschema_rs import validator_for

from api.example_answers import ANSWERS, TOO_LONG, answers
from api.examples import REQUESTS, Asked
from tests.api.callers import signed_in
from tests.api.document import DOCUMENT
from tests.contract.seed import Seed, replaced
from tests.pictures import a_picture

pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("contract")]

OPERATIONS = {
    operation["operationId"]: (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}


def send(seed: Seed, asked: Asked) -> httpx.Response:
    """Send one example with things that exist; again when it has changed since it was looked at."""
    told: list[httpx.Response] = []

    def settled() -> bool:
        told.append(send_once(seed, asked))
        return told[-1].status_code != httpx.codes.PRECONDITION_FAILED

    seed.until(settled)
    return told[-1]


def send_once(seed: Seed, asked: Asked) -> httpx.Response:
    """Look how things stand, and send one example."""
    seed.look()
    real = seed.real()
    method, path, _ = OPERATIONS[asked.operation]
    for name, value in asked.path.items():
        path = path.replace(f"{{{name}}}", str(replaced(value, real, name)))
    crew = seed.crew if asked.role == "crew" else None
    who = signed_in(asked.role, crew=crew) if asked.role else {}
    body = {} if asked.body is None else sent(asked, replaced(asked.body, real))
    return seed.line.request(
        method,
        seed.address + path,
        params=replaced(dict(asked.query), real),
        headers=who | replaced(dict(asked.headers), real),
        **body,
    )


def sent(asked: Asked, body: Any) -> dict[str, Any]:
    """Return a body as it is sent: JSON, or a form with a picture in it."""
    _, _, operation = OPERATIONS[asked.operation]
    if "multipart/form-data" not in operation["requestBody"]["content"]:
        return {"json": body}
    said = json.dumps(body["statement"])
    return {"files": {"photo": ("photo.jpg", a_picture()), "statement": (None, said)}}


def test_every_example_is_answered_as_it_says(house: Seed) -> None:
    told = {}
    for asked in REQUESTS:
        response = send(house, asked)
        assert response.status_code == asked.status, (asked, response.text)
        told[asked.operation] = response.json()
        conforms(asked, response.json())
    if os.environ.get("RELIGHT_WRITE_DOCS"):
        examples = {real: example for example, real in house.real().items()}
        kept = {name: replaced(told[name], examples) for name in told if name not in TOO_LONG}
        text = json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True)
        ANSWERS.write_text(text + "\n", encoding="utf-8")


def conforms(asked: Asked, answer: Any) -> None:
    """Fail when an answer has not the shape of its operation."""
    _, _, operation = OPERATIONS[asked.operation]
    (media,) = operation["responses"][str(asked.status)]["content"].values()
    schema = {**media["schema"], "components": DOCUMENT["components"]}
    faults = [str(fault) for fault in validator_for(schema).iter_errors(answer)]
    assert faults == [], (asked.operation, faults[:3])


@pytest.mark.parametrize("asked", REQUESTS, ids=lambda asked: asked.operation)
def test_every_answer_shown_has_its_shape(asked: Asked) -> None:
    if asked.operation not in TOO_LONG:
        conforms(asked, answers()[asked.operation])
