"""How a plan looks from the outage it speaks of: who comes when, or why nobody."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from api import board_screens
from routing.receipt import Reason
from routing.telling import Names, reason_told
from store.reading import plan_names
from store.reading.outage_plans import PlanForOutage
from store.reading.outages import OutageSeen


def names(
    session: Session, seen: OutageSeen, plans: Sequence[PlanForOutage], lang: str
) -> tuple[Names, dict[str, dict[str, str]]]:
    """Return by what people know what the plans speak of, and the crews in both languages."""
    crew_ids = sorted({visit["crew"] for plan in plans for visit in plan.visits})
    params = [left.get("params", {}) for plan in plans for left in plan.left]
    crew_ids += [str(given["locked_to"]) for given in params if "locked_to" in given]
    tasks = sorted({str(given["task"]) for given in params if "task" in given})
    orders = {task: task.rpartition("/")[0] for task in tasks}
    known = plan_names.of(session, seen.district_id, list(orders.values()), crew_ids, lang)
    numbers = {
        task: f"#{known.numbers[order]}" for task, order in orders.items() if order in known.numbers
    }
    both = plan_names.crews_in_both(session, crew_ids)
    return Names(zone=ZoneInfo(known.time_zone), tasks=numbers, crews=known.crews), both


def of_outage(
    plan: PlanForOutage, known: Names, crew_names: dict[str, dict[str, str]], lang: str
) -> dict[str, Any]:
    """Return a run of the planner with what its plan meant for each task of the outage."""
    visits = [
        {
            "task": visit["task"],
            "crew": visit["crew"],
            "crew_name": crew_names.get(visit["crew"]),
            "eta": visit["eta"],
            "late_s": visit["late_s"],
            "slack_s": visit["slack_s"],
            "reason": None,
        }
        for visit in plan.visits
    ]
    nobody = dict.fromkeys(("crew", "crew_name", "eta", "late_s", "slack_s"))
    left = [
        {"task": each["task"], **nobody, "reason": _reason(each, lang, known)} for each in plan.left
    ]
    return board_screens.run(plan) | {"tasks": sorted(visits + left, key=lambda each: each["task"])}


def _reason(left: dict[str, Any], lang: str, known: Names) -> str:
    why = Reason.model_validate({"code": left["code"], "params": left.get("params", {})})
    return reason_told(why, lang, known)
