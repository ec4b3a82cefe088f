"""What the worker, the planner and the relay count; they tell it where their metrics are served."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from temporalio import activity

PROJECTED = "relight_projection_seconds"
PLANS = "relight_plans"
PLAN_SECONDS = "relight_plan_seconds"
UNSOUND = "relight_unsound_plans"
CARRIED = "relight_messages"

TOLD = {
    PROJECTED: "Real time from the decision of an event to its row.",
    PLANS: "Plans made, by why the search stopped.",
    PLAN_SECONDS: "Time a plan took.",
    UNSOUND: "Plans the independent check refused.",
    CARRIED: "Tries to carry a message, by outcome.",
}
BUCKETS: Mapping[str, Sequence[float]] = {
    PROJECTED: (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300),
    PLAN_SECONDS: (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30),
}


def projected(lag: timedelta) -> None:
    """Note how long an outage's decision waited for its rows."""
    if activity.in_activity():
        meter = activity.metric_meter()
        lags = meter.create_histogram_float(PROJECTED, TOLD[PROJECTED])
        lags.record(max(0.0, lag.total_seconds()))


def planned(district: str, stop_cause: str, seconds: float) -> None:
    """Note a plan that was made, whether it asks for anything or not."""
    if activity.in_activity():
        meter = activity.metric_meter()
        told = {"district": district, "stop_cause": stop_cause}
        meter.create_counter(PLANS, TOLD[PLANS]).add(1, told)
        meter.create_histogram_float(PLAN_SECONDS, TOLD[PLAN_SECONDS]).record(seconds)


def unsound(district: str) -> None:
    """Note a plan that must not be sent out."""
    if activity.in_activity():
        meter = activity.metric_meter()
        meter.create_counter(UNSOUND, TOLD[UNSOUND]).add(1, {"district": district})
