"""What a body must say to count as danger, and how long it may take to say it."""

import asyncio
import json
from typing import Any

import pytest

from api.body import BodyGate
from api.danger_marks import tells_of_danger
from api.gauges import Gauges
from api.trace import Trace


@pytest.mark.parametrize(
    "body",
    [
        b'{"hazards": ["fire"]}',
        b'{"life_support": true}',
        b'{"h\\u0061zards": ["fire"]}',
        '{"hazards": ["fire"]}'.encode("utf-16"),
        '{"life_support": true}'.encode("utf-32-le"),
        b'{"hazards": [], "hazards": ["fire"]}',
        b'\xef\xbb\xbf{"hazards": ["fire"]}',
    ],
)
def test_danger_is_seen_however_it_is_written(body: bytes) -> None:
    assert tells_of_danger(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"hazards": []}',
        b'{"life_support": false}',
        b'{"note": "hazards"}',
        b'{"note": "\\"hazards\\": [1]"}',
        b"[" * 60_000 + b'"hazards\\"',
        b'["hazards"]',
        json.dumps({"note": "x" * 2000}).encode(),
    ],
)
def test_what_only_looks_like_danger_is_not(body: bytes) -> None:
    assert not tells_of_danger(body)


async def test_a_body_that_dawdles_is_given_up_in_words() -> None:
    sent: list[Any] = []
    begun = iter([{"type": "http.request", "body": b"{", "more_body": True}])

    async def receive() -> Any:
        return next(begun, None) or await asyncio.sleep(3600)

    async def send(message: Any) -> None:
        sent.append(message)

    async def app(*_: Any) -> None:
        raise AssertionError("never reached")

    scope = {
        "type": "http", "method": "POST", "path": "/v1/reports", "query_string": b"",
        "headers": [(b"x-request-id", b"slow")],
    }  # fmt: skip
    await BodyGate(Trace(app, gauges=Gauges()), within_s=0.05)(scope, receive, send)

    assert sent[0]["status"] == 408
    assert {(b"connection", b"close"), (b"x-request-id", b"slow")} <= set(sent[0]["headers"])
    assert json.loads(sent[1]["body"])["code"] == "body_too_slow"
