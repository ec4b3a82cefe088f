"""Examples of requests, as the OpenAPI document shows them; the tests send every one of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

OUTAGE = "out_5b1f0e1c9a7d4c2e8f3a6b9d0c1e2f3a"
THINGS: dict[str, Any] = {
    "outage": OUTAGE,
    "report": "rep_c07d5f3b2e914a6f8d1b4c7a9e0f2d35",
    "task": f"{OUTAGE}/t1",
    "crew": "jp-crew-02",
    "shift": "jp-crew-02/2031-05-01T00:00Z",
    "shift_tag": '"6d2f0c8a91b34e57a0cd"',
    "order": "night-desk-17",
    "plan": "b2544b800fdabfd3e78833083dc8ff6ccbd0373d9fe672cb5bbb29935ba14b45",
    "board_tag": '"advise.78e637528b890171242d"',
    "page": f"{OUTAGE}/p1",
    "callback": "cb_8e4a1d7c5b2f4036a9c8d1e0f7b6a523_1",
    "repaired": "out_7e3d9b5f1a2c4086b7d5e3f1092a4c6b",
    "photo": "pho_2d7c4b1e9f6a5c0384e1d2b3a4958677",
    "letter": 41,
    "token": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhLXJlcG9ydCJ9.c2lnbmVkLWJ5LXRoZS1kZXNr",
    "moment": "2026-03-09T21:12:00+08:00",
    "policy_tag": '"0c1f7be2d35a48e69b07"',
}
"""What the examples are about; a test puts things that exist in their places."""


@dataclass(frozen=True)
class Asked:
    """One request: which operation, who asks, with what, and which status it is answered with."""

    operation: str
    role: str | None
    status: int = 200
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


_OUTAGE = {"outage_id": OUTAGE}
_REPAIRED = {"outage_id": THINGS["repaired"]}
_CREW = {"crew_id": THINGS["crew"]}
_SHIFT = {"shift_id": THINGS["shift"]}
_PAIR = dict.fromkeys(("name", "other"), "state_grid_ceiling")
_BOARD = {"district": "jp"}
_PLAN = {"plan_hash": THINGS["plan"]}
_CALL = {"callback_id": THINGS["callback"]}

REQUESTS = (
    Asked(
        "take_report",
        "call_taker",
        201,
        headers={"idempotency-key": "hotline-2026-03-02-0117"},
        body={
            "channel": "phone",
            "place": {"service_point_id": "jp-f1-s1-t1-p1"},
            "scope": "building",
            "hazards": ["wire_down"],
            "note": "A wire hangs over the gate.",
            "reporter_name": "Li Hua",
            "reporter_phone": "023-5550-1234",
        },
    ),
    Asked(
        "take_meter_events",
        "call_taker",
        body={
            "events": [
                {
                    "id": "m-4711-1",
                    "kind": "last_gasp",
                    "service_point_id": "jp-f1-s1-t1-p2",
                    "occurred_at": "2026-03-02T08:58:00+08:00",
                },
                {
                    "id": "m-4711-2",
                    "kind": "power_on",
                    "service_point_id": "jp-f1-s1-t1-p2",
                    "occurred_at": "2026-03-02T08:59:00+08:00",
                },
            ]
        },
    ),
    Asked("list_reports", "call_taker", query={"outage": OUTAGE, "limit": 1}),
    Asked("show_report", "call_taker", path={"report_id": THINGS["report"]}),
    Asked("list_outages", "dispatcher", query={"live": True, "district": "jp", "limit": 1}),
    Asked("show_outage", "dispatcher", path=_OUTAGE, query={"min_seq": 1}),
    Asked("show_timeline", "dispatcher", path=_OUTAGE, query={"limit": 2}),
    Asked("list_plans_of_outage", "dispatcher", path=_OUTAGE, query={"limit": 1}),
    Asked(
        "show_moment",
        "dispatcher",
        path=_BOARD,
        query={"known_at": THINGS["moment"], "limit": 1},
    ),
    Asked("show_extent", "dispatcher", path=_OUTAGE),
    Asked("list_devices", "dispatcher", path=_OUTAGE),
    Asked("find_places", "call_taker", query={"q": "Plum 12", "limit": 2}),
    Asked("find_matches", "call_taker", query={"service_point": "jp-f1-s1-t1-p1"}),
    Asked(
        "act_on_outage",
        "dispatcher",
        path=_OUTAGE,
        body={
            "id": "night-desk-18",
            "kind": "give_estimate",
            "etr": "2026-03-09T21:30:00+08:00",
        },
    ),
    Asked(
        "make_link", "call_taker", 201, path=_OUTAGE, body={"report": THINGS["report"], "days": 7}
    ),
    Asked(
        "add_photo",
        "crew",
        201,
        path=_REPAIRED,
        body={
            "photo": "(the picture)",
            "statement": {
                "device": "phone-7",
                "device_seq": 9_000_118,
                "shows": "damage",
                "note": "The pole is split below the cross-arm.",
                "occurred_at": "2026-03-02T09:00:00+08:00",
                "position": [106.55, 29.56],
            },
        },
    ),
    Asked("list_photos", "crew", path=_REPAIRED, query={"limit": 1}),
    Asked("track", None, path={"token": THINGS["token"]}),
    Asked("list_crews", "dispatcher", query={"district": "jp", "limit": 1}),
    Asked("show_crew", "dispatcher", path=_CREW),
    Asked("show_route", "crew", path=_CREW, query={"way": True}),
    Asked(
        "note_positions",
        "crew",
        202,
        path=_CREW,
        query={"device": "phone-7"},
        body=[
            {"at": [106.55, 29.56], "occurred_at": "2026-03-02T09:00:00+08:00", "accuracy_m": 12}
        ],
    ),
    Asked("tell_parts", "crew", path=_CREW, body={"parts": {"fuse": 6, "transformer_100kva": 1}}),
    Asked(
        "add_shift",
        "supervisor",
        201,
        path=_CREW,
        body={
            "starts_at": "2031-05-02T08:00:00+08:00",
            "ends_at": "2031-05-02T16:00:00+08:00",
            "max_duty_s": 28_800,
        },
    ),
    Asked("show_shift", "supervisor", path=_SHIFT),
    Asked(
        "change_shift",
        "supervisor",
        path=_SHIFT,
        headers={"if-match": THINGS["shift_tag"]},
        body={"ends_at": "2031-05-01T17:00:00+08:00"},
    ),
    Asked("show_board", "dispatcher", path=_BOARD),
    Asked("list_plans", "dispatcher", path=_BOARD, query={"limit": 1}),
    Asked("show_standby", "dispatcher", path=_BOARD),
    Asked("show_plan", "dispatcher", path=_PLAN),
    Asked("show_snapshot", "dispatcher", path=_PLAN),
    Asked("show_why", "dispatcher", path=_PLAN, query={"task": THINGS["task"]}),
    Asked("show_fit", "dispatcher", path=_PLAN, query={"task": THINGS["task"], "best": 2}),
    Asked(
        "price_of_choice",
        "dispatcher",
        path=_PLAN,
        query={"task": THINGS["task"], "crew": THINGS["crew"], "sequence": 1},
    ),
    Asked(
        "give_order",
        "dispatcher",
        path=_BOARD,
        headers={"if-match": THINGS["board_tag"]},
        body={"id": "night-desk-19", "kind": "accept", "plan": THINGS["plan"], "tasks": []},
    ),
    Asked("show_order", "dispatcher", path={"order_id": THINGS["order"]}),
    Asked("list_pages", "supervisor", query={"open": False, "limit": 1}),
    Asked(
        "acknowledge",
        "supervisor",
        path={"page_id": THINGS["page"]},
        body={"id": "night-desk-20"},
    ),
    Asked("next_call", "callback_agent"),
    Asked("give_up", "supervisor", 409, path=_CALL, body={"note": "The number is not in use."}),
    Asked("list_callbacks", "supervisor", query={"state": "open", "limit": 1}),
    Asked(
        "record_attempt",
        "callback_agent",
        path=_CALL,
        body={
            "id": "callback-desk-3",
            "result": "answered",
            "contacted_on_arrival": True,
            "commitment_kept": True,
            "satisfied": True,
        },
    ),
    Asked(
        "close_roads",
        "dispatcher",
        201,
        body={
            "id": "night-desk-21",
            "at": [106.55, 29.56],
            "reason": "The river is over the road.",
            "since": "2026-03-02T05:00:00+08:00",
        },
    ),
    Asked("list_closures", "dispatcher", query={"limit": 1}),
    Asked("lift_closure", "dispatcher", path={"closure_id": "night-desk-21"}),
    Asked(
        "book_crew",
        "dispatcher",
        201,
        body={
            "id": "night-desk-23",
            "crew": "jp-crew-02",
            "kind": "reserved",
            "since": "2031-05-04T18:00:00+08:00",
            "until": "2031-05-04T23:00:00+08:00",
            "reason": "Supply of the opening concert is guaranteed.",
            "place": "Olympic centre, north substation",
        },
    ),
    Asked("list_bookings", "dispatcher", query={"limit": 1}),
    Asked("end_booking", "dispatcher", path={"booking_id": "night-desk-23"}),
    Asked(
        "announce_work",
        "dispatcher",
        201,
        body={
            "id": "night-desk-22",
            "section": "jp-f1-s2",
            "since": "2031-05-03T08:00:00+08:00",
            "until": "2031-05-03T12:00:00+08:00",
            "reason": "A pole is replaced.",
            "notice": "Supply is off on 3 May from 8:00 to 12:00 for work on the line.",
        },
    ),
    Asked("list_planned_works", "dispatcher", query={"limit": 1}),
    Asked(
        "end_planned_work",
        "dispatcher",
        path={"work_id": "night-desk-22"},
        body={"how": "withdrawn"},
    ),
    Asked("list_discrepancies", "supervisor", query={"limit": 1}),
    Asked("list_dead_letters", "supervisor", query={"limit": 1}),
    Asked("revive", "supervisor", path={"message_id": THINGS["letter"]}),
    Asked("list_policies", "supervisor"),
    Asked("show_policy", "supervisor", path={"name": "state_grid_ceiling"}),
    Asked("compare_policies", "supervisor", path=_PAIR),
    Asked("show_district_policy", "supervisor", path=_BOARD),
    Asked(
        "choose_policy",
        "supervisor",
        path=_BOARD,
        headers={"if-match": THINGS["policy_tag"]},
        body={"policy": "state_grid_ceiling", "reason": "As agreed with the city for 2026."},
    ),
    Asked("list_policy_changes", "auditor", path=_BOARD, query={"limit": 1}),
    Asked("show_commitments", "supervisor", query={"month": "2026-03", "district": "jp"}),
    Asked("show_map", "dispatcher"),
    Asked("show_me", "dispatcher"),
    Asked("show_life", None),
    Asked("show_readiness", None),
)
"""In this order they can be sent one after another."""
