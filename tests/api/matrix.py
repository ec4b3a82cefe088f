"""How each endpoint of the matrix is asked, and by what its district's things are known."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from domain.kinds import Role
from tests.api.callers import a_report
from tests.api.matrix_ground import CREW, NOON, STREET, Ground
from tests.pictures import a_picture

ANSWERS = {"result": "answered", "contacted_on_arrival": True, "commitment_kept": True,
           "satisfied": True}  # fmt: skip

METER_SAID = {"events": [{"id": "said-to-the-matrix", "kind": "power_on",
    "service_point_id": "jp-f1-s1-t1-p1", "occurred_at": NOON.isoformat()}]}  # fmt: skip

WORK = {"transformers": ["jp-f1-s1-t1"], "since": (NOON + timedelta(days=500)).isoformat(),
        "until": (NOON + timedelta(days=501)).isoformat(), "reason": "asked by the matrix",
        "notice": "Nothing happens."}  # fmt: skip

BOOKING = {"crew": "jp-crew-02", "kind": "reserved", "reason": "asked by the matrix",
           "since": (NOON + timedelta(days=500)).isoformat(),
           "until": (NOON + timedelta(days=501)).isoformat()}  # fmt: skip


@dataclass(frozen=True)
class Ask:
    """A request about a thing of the district jp.

    `marks` is what a list of the own district shows of it; a role without an inbox `sees` none of
    it there either. `settled` are refusals that only
    somebody hears who was let in: the thing itself stands otherwise by now.
    """

    path: str
    json: Any = None
    marks: str | None = None
    sees: bool = True
    settled: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    files: Any = None


Asks = Callable[[Ground, Role], Ask]
ANY = (("If-Match", "*"),)
_CHANNEL = {Role.CUSTOMER: "app", Role.CREW: "grid_phone"}
_INBOX = {Role.DISPATCHER: "dispatcher", Role.CREW: "crew", Role.CALLBACK_AGENT: "callback_lead"}


def _action(g: Ground, role: Role) -> Ask:
    said: dict[str, Any] = {"kind": "urge", "reason": "asked_again"}
    if role is Role.CREW:
        number = uuid4().int % 10**9
        said = {"kind": "acknowledge", "task": g.task, "device": "d", "device_seq": number}
    elif role is Role.CALLBACK_AGENT:
        said = {"kind": "reopen", "report": g.report}
    return Ask(f"/v1/outages/{g.outage}/actions", json={"id": uuid4().hex, **said})


def _photo(g: Ground, role: Role) -> Ask:
    number = uuid4().int % 10**9
    said = json.dumps({"device": "camera", "device_seq": number, "shows": "damage"})
    form = {"photo": ("photo.jpg", a_picture((number % 256, 9, 9))), "statement": (None, said)}
    return Ask(f"/v1/outages/{g.outage}/photos", files=form, settled=("photos_enough",))


def _shift(g: Ground, role: Role) -> Ask:
    begins = NOON + timedelta(days=90)
    ends = begins + timedelta(hours=8)
    said = {"starts_at": begins.isoformat(), "ends_at": ends.isoformat(), "max_duty_s": 30_000}
    return Ask(f"/v1/crews/{CREW}/shifts", json=said)


def _position(g: Ground, role: Role) -> Ask:
    fix = {"at": [106.55, 29.56], "occurred_at": NOON.isoformat()}
    return Ask(f"/v1/crews/{CREW}/positions", json=[fix])


def _ends(g: Ground, role: Role) -> Ask:
    ends = NOON + timedelta(days=60, hours=9)
    return Ask(f"/v1/shifts/{g.shift}", json={"ends_at": ends.isoformat()}, headers=ANY)


def _report_of(g: Ground, role: Role) -> str:
    return g.customers if role is Role.CUSTOMER else g.report


def _policy(g: Ground, role: Role) -> Ask:
    said = {"policy": None, "reason": "asked by the matrix"}
    return Ask("/v1/districts/jp/policy", json=said, headers=ANY)


ASKS: dict[str, Asks] = {
    "POST /v1/reports": lambda g, r: Ask(
        "/v1/reports", json=a_report(channel=_CHANNEL.get(r, "phone"))
    ),
    "POST /v1/meter-events": lambda g, r: Ask("/v1/meter-events", json=METER_SAID),
    "GET /v1/reports": lambda g, r: Ask("/v1/reports?limit=200", marks=_report_of(g, r)),
    "GET /v1/reports/{report_id}": lambda g, r: Ask(f"/v1/reports/{_report_of(g, r)}"),
    "GET /v1/outages": lambda g, r: Ask("/v1/outages?limit=200", marks=g.outage),
    "GET /v1/outages/{outage_id}": lambda g, r: Ask(f"/v1/outages/{g.outage}"),
    "GET /v1/outages/{outage_id}/timeline": lambda g, r: Ask(f"/v1/outages/{g.outage}/timeline"),
    "GET /v1/outages/{outage_id}/plans": lambda g, r: Ask(f"/v1/outages/{g.outage}/plans"),
    "GET /v1/outages/{outage_id}/extent": lambda g, r: Ask(f"/v1/outages/{g.outage}/extent"),
    "GET /v1/outages/{outage_id}/devices": lambda g, r: Ask(f"/v1/outages/{g.outage}/devices"),
    "GET /v1/places": lambda g, r: Ask("/v1/places?q=jp-f1-s1-t1-p1", marks="jp-f1-s1-t1-p1"),
    "GET /v1/matches": lambda g, r: Ask("/v1/matches?service_point=jp-f1-s1-t1-p1"),
    "POST /v1/outages/{outage_id}/actions": _action,
    "POST /v1/outages/{outage_id}/links": lambda g, r: Ask(
        f"/v1/outages/{g.outage}/links", json={"report": g.report}
    ),
    "POST /v1/outages/{outage_id}/photos": _photo,
    "GET /v1/outages/{outage_id}/photos": lambda g, r: Ask(
        f"/v1/outages/{g.outage}/photos", settled=("answers_first",)
    ),
    "GET /v1/photos/{photo_id}": lambda g, r: Ask(
        f"/v1/photos/{g.photo}", settled=("answers_first",)
    ),
    "GET /v1/crews": lambda g, r: Ask("/v1/crews?limit=200", marks=CREW),
    "GET /v1/crews/{crew_id}": lambda g, r: Ask(f"/v1/crews/{CREW}"),
    "GET /v1/crews/{crew_id}/route": lambda g, r: Ask(f"/v1/crews/{CREW}/route"),
    "POST /v1/crews/{crew_id}/positions": _position,
    "PUT /v1/crews/{crew_id}/parts": lambda g, r: Ask(
        f"/v1/crews/{CREW}/parts", json={"parts": {"fuse": 6}}
    ),
    "POST /v1/crews/{crew_id}/shifts": _shift,
    "GET /v1/shifts/{shift_id}": lambda g, r: Ask(f"/v1/shifts/{g.shift}"),
    "PATCH /v1/shifts/{shift_id}": _ends,
    "GET /v1/boards/{district}": lambda g, r: Ask("/v1/boards/jp"),
    "GET /v1/boards/{district}/plans": lambda g, r: Ask("/v1/boards/jp/plans"),
    "GET /v1/boards/{district}/standby": lambda g, r: Ask("/v1/boards/jp/standby"),
    "POST /v1/boards/{district}/orders": lambda g, r: Ask(
        "/v1/boards/jp/orders", json={"kind": "release", "task": g.task, "reason": "matrix"}
    ),
    "GET /v1/plans/{plan_hash}": lambda g, r: Ask(f"/v1/plans/{g.plan}"),
    "GET /v1/plans/{plan_hash}/snapshot": lambda g, r: Ask(f"/v1/plans/{g.plan}/snapshot"),
    "GET /v1/plans/{plan_hash}/why": lambda g, r: Ask(f"/v1/plans/{g.plan}/why?task={g.task}"),
    "GET /v1/plans/{plan_hash}/fit": lambda g, r: Ask(f"/v1/plans/{g.plan}/fit?task={g.task}"),
    "GET /v1/plans/{plan_hash}/price": lambda g, r: Ask(
        f"/v1/plans/{g.plan}/price?task={g.task}&crew={CREW}"
    ),
    "GET /v1/orders/{order_id}": lambda g, r: Ask("/v1/orders/order-of-jp"),
    "GET /v1/pages": lambda g, r: Ask(
        "/v1/pages?limit=200", marks="page-of-jp", sees=r is not Role.CALL_TAKER
    ),
    "POST /v1/pages/{page_id}/acknowledge": lambda g, r: Ask(
        f"/v1/pages/{g.page(_INBOX.get(r, 'dispatcher'))}/acknowledge"
    ),
    "GET /v1/callbacks": lambda g, r: Ask("/v1/callbacks?limit=200", marks=g.outage),
    "GET /v1/callbacks/next": lambda g, r: Ask("/v1/callbacks/next", marks=g.outage),
    "POST /v1/callbacks/{callback_id}/attempts": lambda g, r: Ask(
        f"/v1/callbacks/{g.callback}/attempts", json=ANSWERS,
        settled=("callback_answered_already",),
    ),
    "POST /v1/callbacks/{callback_id}/unreached": lambda g, r: Ask(
        f"/v1/callbacks/{g.callback}/unreached", json={},
        settled=("tries_left", "callback_answered_already"),
    ),
    "GET /v1/closures": lambda g, r: Ask("/v1/closures?limit=200", marks="closure-of-jp"),
    "POST /v1/closures": lambda g, r: Ask(
        "/v1/closures", json={"streets": [STREET], "reason": "asked by the matrix"}
    ),
    "POST /v1/closures/{closure_id}/lift": lambda g, r: Ask("/v1/closures/closure-of-jp/lift"),
    "GET /v1/bookings": lambda g, r: Ask("/v1/bookings?limit=200", marks="booking-of-jp"),
    "POST /v1/bookings": lambda g, r: Ask("/v1/bookings", json=BOOKING),
    "POST /v1/bookings/{booking_id}/end": lambda g, r: Ask("/v1/bookings/booking-of-jp/end"),
    "GET /v1/planned-works": lambda g, r: Ask("/v1/planned-works?limit=200", marks="work-of-jp"),
    "POST /v1/planned-works": lambda g, r: Ask("/v1/planned-works", json=WORK),
    "POST /v1/planned-works/{work_id}/end": lambda g, r: Ask(
        "/v1/planned-works/work-of-jp/end", json={"how": "done"}
    ),
    "GET /v1/discrepancies": lambda g, r: Ask(
        "/v1/discrepancies?limit=200", marks="answer-of-jp"
    ),
    "GET /v1/dead-letters": lambda g, r: Ask("/v1/dead-letters?limit=200", marks="letter-of-jp"),
    "POST /v1/dead-letters/{message_id}/revive": lambda g, r: Ask(
        f"/v1/dead-letters/{g.letter()}/revive"
    ),
    "GET /v1/policies": lambda g, r: Ask("/v1/policies"),
    "GET /v1/policies/{name}": lambda g, r: Ask("/v1/policies/state_grid_ceiling"),
    "GET /v1/policies/{name}/changes/{other}": lambda g, r: Ask(
        "/v1/policies/state_grid_ceiling/changes/state_grid_ceiling"
    ),
    "GET /v1/districts/{district}/moment": lambda g, r: Ask(
        "/v1/districts/jp/moment?known_at=2026-03-02T01:00:00Z"
    ),
    "GET /v1/districts/{district}/policy": lambda g, r: Ask("/v1/districts/jp/policy"),
    "PUT /v1/districts/{district}/policy": _policy,
    "GET /v1/districts/{district}/policy/changes": lambda g, r: Ask(
        "/v1/districts/jp/policy/changes"
    ),
    "GET /v1/commitments": lambda g, r: Ask("/v1/commitments?month=2026-03&district=jp"),
    "GET /v1/map": lambda g, r: Ask("/v1/map", marks='"jp"'),
    "GET /v1/tiles/land/{z}/{x}/{y}": lambda g, r: Ask("/v1/tiles/land/10/815/423"),
    "GET /v1/tiles/network/{z}/{x}/{y}": lambda g, r: Ask(
        "/v1/tiles/network/10/815/423", marks="jp-f1-s1"
    ),
    "GET /v1/live": lambda g, r: Ask("/v1/live?for_s=0&district=jp"),
    "GET /v1/me": lambda g, r: Ask("/v1/me"),
    "GET /v1/track/{token}": lambda g, r: Ask("/v1/track/none", settled=("link_unknown",)),
    "GET /healthz": lambda g, r: Ask("/healthz"),
    "GET /readyz": lambda g, r: Ask("/readyz"),
    "GET /metrics": lambda g, r: Ask("/metrics"),
}  # fmt: skip
