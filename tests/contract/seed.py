"""What has happened in an installation before its contract is tried."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from api.examples import THINGS
from store import installation
from store.tables.delivery import OutboxRow
from store.tables.land import StreetRow
from tests.api.callers import a_report, repair_steps, signed_in
from tests.pictures import a_picture

PATIENCE_S = 120


@dataclass
class Seed:
    """An address, and one of each thing that can be asked for there."""

    address: str
    engine: Engine
    district: str = "jp"
    policy: str = "state_grid_ceiling"
    home: str = "jp-f5-s1-t1-p1"
    report: str = ""
    outage: str = ""
    task: str = ""
    crew: str = ""
    shift: str = ""
    order: str = ""
    plan: str = ""
    page: str = ""
    callback: str = ""
    photo: str = ""
    repaired: str = ""
    letter: int = 0
    token: str = ""
    board_tag: str = ""
    shift_tag: str = ""
    policy_tag: str = ""
    moment: str = ""
    said: Any = field(default_factory=lambda: count(1))
    line: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60))

    def ask(self, method: str, path: str, role: str, **more: Any) -> httpx.Response:
        """Ask something in a role and insist that it is done."""
        crew = more.pop("crew", None)
        headers = signed_in(role, crew=crew) | more.pop("headers", {})
        response = self.line.request(method, self.address + path, headers=headers, **more)
        assert response.is_success, response.text
        return response

    def look(self) -> None:
        """Look how the board and the shift stand now."""
        board = self.ask("GET", "/v1/boards/jp", "dispatcher")
        self.board_tag = board.headers["etag"]
        self.plan = (board.json()["latest_plan"] or {}).get("plan_hash", "")
        policy = self.ask("GET", "/v1/districts/jp/policy", "supervisor")
        self.policy_tag = policy.headers["etag"]
        with Session(self.engine) as session:
            self.moment = installation.house_now(session).isoformat()
        if self.shift:
            shift = self.ask("GET", f"/v1/shifts/{self.shift}", "supervisor")
            self.shift_tag = shift.headers["etag"]

    def real(self) -> dict[Any, Any]:
        """Return what stands here for each thing of the examples, the longest names first."""
        pairs = [(example, getattr(self, name)) for name, example in THINGS.items()]
        return dict(sorted(pairs, key=lambda pair: -len(str(pair[0]))))

    def until(self, found: Callable[[], Any]) -> Any:
        """Wait for something that must come to pass."""
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends:
            if value := found():
                return value
            time.sleep(0.1)
        raise AssertionError("it did not come to pass")

    def act(self, outage: str, crew: str, task: str, kind: str, **fields: Any) -> None:
        """Say something from the field."""
        said = {"device": f"{crew}-phone", "device_seq": next(self.said), "kind": kind}
        body = said | {"task": task, **fields}
        self.ask("POST", f"/v1/outages/{outage}/actions", "crew", crew=crew, json=body)


def replaced(value: Any, instead: dict[Any, Any], name: str = "") -> Any:
    """Return a value with some things put in the places of others; a number only as an id."""
    if isinstance(value, dict):
        return {replaced(k, instead): replaced(v, instead, k) for k, v in value.items()}
    if isinstance(value, list):
        return [replaced(item, instead) for item in value]
    if isinstance(value, str):
        for old, new in instead.items():
            if isinstance(old, str):
                value = value.replace(old, str(new))
        return value
    is_id = type(value) is int and name.endswith(("id", "example"))
    return instead.get(value, value) if is_id else value


def sow(address: str, engine: Engine) -> Seed:
    """Let an outage be repaired, another wait, and a plan be proposed."""
    seed = Seed(address, engine)
    seed.repaired = _take(seed, "jp-f1-s1-t1-p1")
    _repair(seed, seed.repaired)
    board = {"id": "seed-mode", "kind": "mode", "mode": "advise"}
    seed.ask("POST", "/v1/boards/jp/orders", "supervisor", json=board, headers={"If-Match": "*"})
    seed.order = "seed-mode"
    taken = seed.ask("POST", "/v1/reports", "call_taker", json=a_report(
        place={"service_point_id": seed.home})).json()  # fmt: skip
    seed.report, seed.outage = taken["report"]["id"], taken["outage"]["id"]
    seed.task = seed.until(lambda: _tasks(seed, seed.outage))[0]["id"]
    link = {"report": seed.report}
    told = seed.ask("POST", f"/v1/outages/{seed.outage}/links", "call_taker", json=link)
    seed.token = told.json()["token"]
    _shift(seed)
    _letter(seed)
    _street(seed)
    _found(seed)
    return seed


def _take(seed: Seed, point: str) -> str:
    body = a_report(place={"service_point_id": point})
    taken = seed.ask("POST", "/v1/reports", "call_taker", json=body).json()
    return str(taken["outage"]["id"])


def _tasks(seed: Seed, outage: str) -> list[dict[str, Any]]:
    found = seed.ask("GET", f"/v1/outages/{outage}", "dispatcher").json()
    return list(found["tasks"])


def _repair(seed: Seed, outage: str) -> None:
    def sent() -> Any:
        return next((t for t in _tasks(seed, outage) if t["state"] == "dispatched"), None)

    task = seed.until(sent)
    seed.crew = task["crew"]
    at = seed.ask("GET", f"/v1/outages/{outage}", "dispatcher").json()["at"]
    for kind, fields in repair_steps(at):
        seed.act(outage, seed.crew, task["id"], kind, **fields)
    said = {"device": f"{seed.crew}-phone", "device_seq": next(seed.said), "shows": "damage"}
    form = {"photo": ("photo.jpg", a_picture()), "statement": (None, json.dumps(said))}
    path = f"/v1/outages/{outage}/photos"
    seed.photo = seed.ask("POST", path, "crew", crew=seed.crew, files=form).json()["id"]


def _shift(seed: Seed) -> None:
    shift = {
        "starts_at": "2031-05-01T08:00:00+08:00",
        "ends_at": "2031-05-01T16:00:00+08:00",
        "max_duty_s": 28_800,
    }
    told = seed.ask("POST", f"/v1/crews/{seed.crew}/shifts", "supervisor", json=shift)
    seed.shift = told.json()["id"]


def _letter(seed: Seed) -> None:
    now = datetime.now(UTC)
    with Session(seed.engine) as session, session.begin():
        row = {"kind": "stir", "key": "board/yl", "body": {}, "district_id": "yl", "at": now,
               "available_at": now, "attempts": 10, "dead_at": now}  # fmt: skip
        found = session.scalar(insert(OutboxRow).values(**row).returning(OutboxRow.id))
    seed.letter = int(found or 0)


def _street(seed: Seed) -> None:
    """Lay a street that can be closed."""
    path = "SRID=4326;LINESTRING(106.549 29.56,106.551 29.56)"
    row = {"id": 77, "kind": "primary", "oneway": False, "path": path}
    with Session(seed.engine) as session, session.begin():
        session.execute(insert(StreetRow).values(**row))


def _found(seed: Seed) -> None:
    """Wait for what the installation makes by itself: a plan, a page, a callback."""

    def planned() -> Any:
        seed.look()
        return seed.plan

    def first(path: str, role: str) -> Callable[[], Any]:
        return lambda: next(
            (item["id"] for item in seed.ask("GET", path, role).json()["items"]), None
        )

    def due() -> Any:
        call = seed.ask("GET", "/v1/callbacks/next", "callback_agent")
        return call.json()["id"] if call.content else None

    seed.until(planned)
    seed.page = seed.until(first("/v1/pages?open=false", "supervisor"))
    seed.callback = seed.until(due)
