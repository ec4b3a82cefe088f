"""Problems (RFC 9457): every refusal of the API has one shape, a stable code and a sentence."""

from collections.abc import Sequence
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api.language import language_of
from domain.errors import Refused
from domain.words import catalogue, say

MEDIA_TYPE = "application/problem+json"

STATUS = {
    # what the mouth itself refuses
    "malformed_request": 400,
    "token_missing": 401,
    "token_invalid": 401,
    "token_expired": 401,
    "role_may_not": 403,
    "role_not_held": 403,
    "nothing_granted": 403,
    "scope_missing": 403,
    "act_as_refused": 403,
    "other_district": 403,
    "other_crew": 403,
    "executor_may_not_judge": 403,
    "not_found": 404,
    "link_unknown": 404,
    "link_expired": 410,
    "method_not_allowed": 405,
    "precondition_failed": 412,
    "body_too_large": 413,
    "body_not_json": 415,
    "body_not_multipart": 415,
    "photo_too_large": 413,
    "photo_unreadable": 422,
    "photo_too_many_pixels": 422,
    "photo_gone": 410,
    "answers_first": 403,
    "invalid_request": 422,
    "cursor_invalid": 422,
    "unknown_parameter": 422,
    "as_of_not_yet": 422,
    "moment_ahead": 422,
    "since_invalid": 422,
    "coordinates_swapped": 422,
    "outside_service_area": 422,
    "place_missing": 422,
    "service_point_unknown": 422,
    "address_not_found": 422,
    "crew_unknown": 422,
    "device_unknown": 422,
    "device_elsewhere": 422,
    "policy_unknown": 422,
    "street_unknown": 422,
    "no_street_near": 422,
    "area_nowhere": 422,
    "closure_over": 422,
    "booking_over": 422,
    "network_unknown": 422,
    "planned_work_over": 422,
    "channel_not_for_role": 422,
    "idempotency_key_reused": 422,
    "device_seq_reused": 422,
    "shift_exists": 409,
    "precondition_required": 428,
    "body_too_slow": 408,
    "rate_limited": 429,
    "internal_error": 500,
    "intake_busy": 503,
    "issuer_unreachable": 503,
    "database_unreachable": 503,
    "temporal_unreachable": 503,
    "outcome_pending": 503,
    # what the domain refuses, where it is not simply a conflict with the present state
    "outage_unknown": 404,
    "callback_unknown": 404,
    "district_unknown": 404,
    "plan_unknown": 404,
    "task_unknown": 404,
    "rung_unknown": 404,
    "not_your_task": 403,
    "time_in_the_future": 422,
    "time_before_the_report": 422,
    "time_before_the_order": 422,
    "estimate_in_the_past": 422,
    "hours_swapped": 422,
    "lease_in_the_past": 422,
}
"""Status of each code; a refusal of the domain that is not named here is 409."""

RETRY_AFTER_S = {
    "issuer_unreachable": 5,
    "database_unreachable": 2,
    "temporal_unreachable": 2,
    "outcome_pending": 2,
}


class Fault(BaseModel):
    """One thing wrong with a request; `pointer` is a JSON pointer into the body."""

    pointer: str
    code: str
    detail: str
    location: str = Field(default="body", description="body, query, path or header")


class ProblemBody(BaseModel):
    """An error as every endpoint answers it; a problem may carry more members."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[Fault] = []


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it a problem
    """The answer to a request that cannot be done; `params` fill the sentence and go along."""

    def __init__(
        self,
        code: str,
        *,
        pointer: str | None = None,
        errors: Sequence[Fault] = (),
        headers: dict[str, str] | None = None,
        **params: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.pointer = pointer
        self.errors = errors
        self.headers = headers or {}
        self.params = params


def status_of(code: str) -> int:
    """Return the HTTP status of a code."""
    return STATUS.get(code, 409)


def sentence(code: str, lang: str, **params: Any) -> str:
    """Return the sentence of a code, be it the domain's or the mouth's own."""
    for section in ("refused", "problem"):
        if f"{section}.{code}" in catalogue(lang):
            return say(f"{section}.{code}", lang, **params)
    return say("problem.refused_otherwise", lang, code=code)


def from_refusal(refusal: Refused, **more: Any) -> Problem:
    """Return a refusal of the domain as a problem."""
    return Problem(refusal.code, pointer=refusal.pointer, **{**refusal.params, **more})


def answer(request: Request, problem: Problem) -> JSONResponse:
    """Write a problem in the caller's language."""
    lang = language_of(request)
    request_id = request.scope.get("request_id", "")
    told = content(
        problem.code, lang, request_id, problem.errors, problem.pointer, **problem.params
    )
    headers = {"Content-Language": lang, **problem.headers}
    if problem.code in RETRY_AFTER_S:
        headers.setdefault("Retry-After", str(RETRY_AFTER_S[problem.code]))
    return JSONResponse(told, told["status"], headers, media_type=MEDIA_TYPE)


def content(
    code: str,
    lang: str,
    request_id: str,
    errors: Sequence[Fault] = (),
    pointer: str | None = None,
    **params: Any,
) -> dict[str, Any]:
    """Return what a problem says; a single fault may be given by its pointer alone."""
    status = status_of(code)
    detail = sentence(code, lang, **params)
    if pointer is not None and not errors:
        errors = [Fault(pointer=pointer, code=code, detail=detail)]
    return {
        **{name: _shown(value) for name, value in params.items()},
        "type": f"/problems/{code}",
        "title": say(f"problem_title.{status}", lang),
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
        "errors": [fault.model_dump() for fault in errors],
    }


def _shown(value: Any) -> Any:
    if isinstance(value, (set, frozenset, tuple)):
        return sorted(value)
    return (
        value if isinstance(value, (str, int, float, bool, list, dict, type(None))) else str(value)
    )
