"""Stored plans: as they were, why they are so, who else could, and what a choice would cost."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api import plan_questions
from api.answers.base import answers, refuses
from api.answers.plan_questions import ChoicePriced, FitShown, WhyShown
from api.language import language_of
from api.office import At
from api.sign_in import BoardReader
from api.strictness import Moment
from routing.choice import Choice, price_choice
from routing.explain import rank_crews
from routing.receipt import Plan
from routing.snapshot import Snapshot
from routing.telling import choice_told, sentences
from routing.travel import Travel
from routing.why import RUNNERS_UP, Explainer

router = APIRouter(prefix="/v1", tags=["boards"])

TaskAsked = Annotated[str, Query(min_length=1, max_length=128, description="id of a task")]
CrewAsked = Annotated[str | None, Query(min_length=1, max_length=128)]
Hour = Annotated[Moment | None, Query()]
_ASKING = ("not_found", "task_unknown", "roads_missing")


@router.get("/plans/{plan_hash}", responses=answers(Plan) | refuses("not_found"))
async def show_plan(plan_hash: str, caller: BoardReader, office: At) -> Response:
    """Return a plan exactly as it was stored."""
    found = await office.ask(plan_questions.document, plan_hash, "plan", caller)
    return Response(found, media_type="application/json")


@router.get("/plans/{plan_hash}/snapshot", responses=answers(Snapshot) | refuses("not_found"))
async def show_snapshot(plan_hash: str, caller: BoardReader, office: At) -> Response:
    """Return the snapshot a plan was made from, fit for `relight plan`."""
    found = await office.ask(plan_questions.document, plan_hash, "snapshot", caller)
    return Response(found, media_type="application/json")


@router.get("/plans/{plan_hash}/why", responses=answers(WhyShown) | refuses(*_ASKING))
async def show_why(
    plan_hash: str,
    task: TaskAsked,
    caller: BoardReader,
    office: At,
    request: Request,
    others: Annotated[int, Query(ge=0, le=100)] = RUNNERS_UP,
) -> dict[str, Any]:
    """Tell why a task goes to its crew or to none, who else could, and who cannot."""

    def asked(snapshot: Snapshot, plan: Plan, before: Plan | None, travel: Travel) -> Any:
        return Explainer(snapshot, plan, previous=before, travel=travel).why(task, others)

    lang = language_of(request)
    why, names = await plan_questions.ask_in_words(office, caller, plan_hash, lang, asked)
    said = sentences(why, lang, names)
    return {"plan": plan_hash, "as_of": why.at, "why": why, "said": list(said)}


@router.get("/plans/{plan_hash}/fit", responses=answers(FitShown) | refuses(*_ASKING))
async def show_fit(
    plan_hash: str,
    task: TaskAsked,
    caller: BoardReader,
    office: At,
    best: Annotated[int, Query(ge=0, le=100)] = 5,
) -> dict[str, Any]:
    """Rank all crews by their best place for a task; the `best` tell what it does to others."""

    def asked(
        snapshot: Snapshot, plan: Plan, before: Plan | None, travel: Travel
    ) -> tuple[datetime, Any]:
        ranked = rank_crews(snapshot, task, plan, travel=travel, previous=before, detailed=best)
        return snapshot.at, ranked

    at, ranked = await plan_questions.ask(office, caller, plan_hash, asked)
    return {"plan": plan_hash, "as_of": at, "task": task, "crews": list(ranked)}


@router.get(
    "/plans/{plan_hash}/price",
    responses=answers(ChoicePriced)
    | refuses(*_ASKING, "crew_unknown", "hours_swapped", "task_under_way"),
)
async def price_of_choice(
    plan_hash: str,
    task: TaskAsked,
    caller: BoardReader,
    office: At,
    request: Request,
    crew: CrewAsked = None,
    sequence: Annotated[int | None, Query(ge=1, le=10_000)] = None,
    not_before: Hour = None,
    not_after: Hour = None,
) -> dict[str, Any]:
    """Price a crew, a place or an hour for a task as a human would have it; changes nothing."""
    choice = Choice(
        task=task, crew=crew, sequence=sequence, not_before=not_before, not_after=not_after
    )

    def asked(
        snapshot: Snapshot, plan: Plan, before: Plan | None, travel: Travel
    ) -> tuple[datetime, Any]:
        return snapshot.at, price_choice(snapshot, plan, choice, previous=before, travel=travel)

    lang = language_of(request)
    (at, priced), names = await plan_questions.ask_in_words(office, caller, plan_hash, lang, asked)
    said = choice_told(priced, lang, names)
    return {"plan": plan_hash, "as_of": at, "choice": priced, "said": list(said)}
