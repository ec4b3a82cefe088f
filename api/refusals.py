"""For which reasons of their own the larger endpoints refuse, as the document lists them."""

OF_REPORTS = frozenset(
    {
        "address_not_found",
        "channel_not_for_role",
        "coordinates_swapped",
        "idempotency_key_reused",
        "intake_busy",
        "outside_service_area",
        "place_missing",
        "service_point_unknown",
        "time_in_the_future",
    }
)
_WORKFLOW = frozenset({"outcome_pending", "temporal_unreachable"})
_MOVES = frozenset(
    {
        "crew_not_on_task",
        "crew_still_out",
        "crews_enough",
        "customers_still_off",
        "danger_still_open",
        "device_elsewhere",
        "device_unknown",
        "estimate_in_the_past",
        "merge_across_districts",
        "merge_into_itself",
        "merge_target_over",
        "more_back_than_off",
        "move_not_allowed",
        "moved_to",
        "no_danger_open",
        "not_your_task",
        "nothing_to_do",
        "order_overtaken",
        "outage_closed",
        "planned_work_on",
        "regrouping_under_way",
        "role_may_not",
        "rules_version_unknown",
        "rung_already_acknowledged",
        "rung_unknown",
        "safety_officer_needed",
        "split_takes_all",
        "split_takes_none",
        "task_not_ready",
        "task_unknown",
        "time_before_the_order",
        "time_before_the_report",
        "time_in_the_future",
    }
)
OF_ACTIONS = (
    _MOVES
    | _WORKFLOW
    | {"device_seq_reused", "idempotency_key_reused", "other_district", "outage_unknown"}
)
OF_ORDERS = _WORKFLOW | {
    "crew_elsewhere",
    "crew_leased",
    "crew_not_lent",
    "crew_unknown",
    "district_unknown",
    "idempotency_key_reused",
    "lease_in_the_past",
    "other_district",
    "plan_unknown",
    "role_may_not",
    "task_unknown",
}
OF_ANSWERS = frozenset(
    {
        "answers_needed",
        "answers_not_wanted",
        "callback_answered_already",
        "callback_unknown",
        "executor_may_not_judge",
        "idempotency_key_reused",
        "other_district",
        "restoration_superseded",
        "tries_left",
    }
)
