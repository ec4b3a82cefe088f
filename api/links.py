"""What may be asked next with what an answer holds: the links of the OpenAPI document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Link:
    """From one operation's answer to another operation: where its parameters are found."""

    source: str
    status: int
    target: str
    given: Mapping[str, str]

    @property
    def name(self) -> str:
        """Return the name of the link: that of the operation it leads to."""
        return self.target

    def written(self) -> dict[str, Any]:
        """Return the link as OpenAPI writes it."""
        found = {name: f"$response.{place}" for name, place in self.given.items()}
        return {"operationId": self.target, "parameters": found}


_OUTAGE = (
    "show_outage", "show_timeline", "show_extent", "list_devices", "list_plans_of_outage",
    "act_on_outage",
)  # fmt: skip
_TAKEN = {"outage_id": "body#/outage/id"}
_LISTED = {"outage_id": "body#/items/0/id"}

LINKS = (
    Link("take_report", 201, "show_report", {"report_id": "body#/report/id"}),
    *(Link("take_report", 201, target, _TAKEN) for target in _OUTAGE),
    Link("take_report", 201, "show_board", {"district": "body#/district"}),
    Link("find_places", 200, "find_matches", {"service_point": "body#/items/0/service_point_id"}),
    Link("list_reports", 200, "show_report", {"report_id": "body#/items/0/id"}),
    *(Link("list_outages", 200, target, _LISTED) for target in _OUTAGE),
    Link(
        "act_on_outage", 200, "show_outage", {"outage_id": "body#/outage", "min_seq": "body#/seq"}
    ),
    Link("add_photo", 201, "show_photo", {"photo_id": "body#/id"}),
    Link("list_photos", 200, "show_photo", {"photo_id": "body#/items/0/id"}),
    Link("make_link", 201, "track", {"token": "body#/token"}),
    Link("list_crews", 200, "show_crew", {"crew_id": "body#/items/0/id"}),
    Link("list_crews", 200, "show_route", {"crew_id": "body#/items/0/id"}),
    Link("list_crews", 200, "add_shift", {"crew_id": "body#/items/0/id"}),
    Link("add_shift", 201, "show_shift", {"shift_id": "body#/id"}),
    Link("add_shift", 201, "change_shift", {"shift_id": "body#/id", "if-match": "header.ETag"}),
    Link("show_shift", 200, "change_shift", {"shift_id": "body#/id", "if-match": "header.ETag"}),
    Link("list_crews", 200, "tell_parts", {"crew_id": "body#/items/0/id"}),
    Link("list_crews", 200, "note_positions", {"crew_id": "body#/items/0/id"}),
    Link(
        "show_board", 200, "give_order", {"district": "body#/district", "if-match": "header.ETag"}
    ),
    Link("show_board", 200, "list_plans", {"district": "body#/district"}),
    Link("show_board", 200, "show_standby", {"district": "body#/district"}),
    Link("show_board", 200, "show_plan", {"plan_hash": "body#/latest_plan/plan_hash"}),
    Link("list_plans", 200, "show_plan", {"plan_hash": "body#/items/0/plan_hash"}),
    Link("list_plans", 200, "show_snapshot", {"plan_hash": "body#/items/0/plan_hash"}),
    Link("show_why", 200, "show_fit", {"plan_hash": "body#/plan", "task": "body#/why/task"}),
    Link("show_fit", 200, "show_why", {"plan_hash": "body#/plan", "task": "body#/task"}),
    Link(
        "show_fit",
        200,
        "price_of_choice",
        {"plan_hash": "body#/plan", "task": "body#/task", "crew": "body#/crews/0/crew"},
    ),
    Link("list_plans_of_outage", 200, "show_plan", {"plan_hash": "body#/items/0/plan_hash"}),
    Link("show_moment", 200, "show_outage", {"outage_id": "body#/items/0/id"}),
    Link("show_moment", 200, "show_plan", {"plan_hash": "body#/plan/plan_hash"}),
    Link("give_order", 200, "show_order", {"order_id": "body#/order_id"}),
    Link("give_order", 202, "show_order", {"order_id": "body#/order_id"}),
    Link("list_pages", 200, "acknowledge", {"page_id": "body#/items/0/id"}),
    Link("next_call", 200, "record_attempt", {"callback_id": "body#/id"}),
    Link("list_callbacks", 200, "give_up", {"callback_id": "body#/items/0/id"}),
    Link("list_policies", 200, "show_policy", {"name": "body#/items/0/name"}),
    Link("take_report", 201, "show_district_policy", {"district": "body#/district"}),
    Link("take_report", 201, "list_policy_changes", {"district": "body#/district"}),
    Link(
        "show_district_policy",
        200,
        "choose_policy",
        {"district": "body#/district", "if-match": "header.ETag"},
    ),
    Link("book_crew", 201, "end_booking", {"booking_id": "body#/id"}),
    Link("list_bookings", 200, "end_booking", {"booking_id": "body#/items/0/id"}),
    Link("announce_work", 201, "end_planned_work", {"work_id": "body#/id"}),
    Link("list_planned_works", 200, "end_planned_work", {"work_id": "body#/items/0/id"}),
    Link("close_roads", 201, "lift_closure", {"closure_id": "body#/id"}),
    Link("list_closures", 200, "lift_closure", {"closure_id": "body#/items/0/id"}),
    Link("list_dead_letters", 200, "revive", {"message_id": "body#/items/0/id"}),
)
"""Every link there is; source and target are operation ids, `given` fills the parameters."""
