"""Faults of a request in two languages: what pydantic found, said in our own stable codes."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.problems import STATUS, Fault, Problem
from domain.words import say

# What pydantic calls it → what we call it. A type that is not listed is `wrong_form`.
CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "json_invalid": "not_json",
    "enum": "not_in_list",
    "literal_error": "not_in_list",
    "union_tag_invalid": "not_in_list",
    "union_tag_not_found": "missing",
    "greater_than": "too_small",
    "greater_than_equal": "too_small",
    "less_than": "too_large",
    "less_than_equal": "too_large",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "too_long": "too_long",
    "too_short": "too_short",
    "timezone_aware": "time_without_offset",
    "datetime_from_date_parsing": "time_unreadable",
    "datetime_parsing": "time_unreadable",
    "datetime_object_invalid": "time_unreadable",
    "finite_number": "not_a_number",
    "int_parsing": "not_a_number",
    "float_parsing": "not_a_number",
    "int_parsing_size": "too_large",
    "bool_parsing": "wrong_type",
}
_OWN = frozenset(
    {
        "coordinates_swapped",
        "coordinates_wrong",
        "time_impossible",
        "answers_incomplete",
        "text_with_nul",
        "place_missing",
        "device_needed",
        "lock_incomplete",
        "unknown_parameter",
        "as_of_not_yet",
        "range_reversed",
        "moment_ahead",
        "area_wrong",
        "closure_share",
        "closure_subject",
        "planned_subject",
        "place_subject",
    }
)
"""Types raised by our own validators; the type is the code."""


def code_of(pydantic_type: str) -> str:
    """Return our code for a type of fault that pydantic names."""
    if pydantic_type in _OWN:
        return pydantic_type
    if pydantic_type in CODES:
        return CODES[pydantic_type]
    return "wrong_type" if pydantic_type.endswith("_type") else "wrong_form"


def problem_of(found: Sequence[Any], body: Any, lang: str) -> Problem:
    """Return one problem that names every fault of a request at once."""
    faults = [fault_of(item, body, lang) for item in found]
    code = "invalid_request"
    if len(faults) == 1 and faults[0].code in STATUS:
        code = faults[0].code
    return Problem(code, errors=faults)


def fault_of(item: Any, body: Any, lang: str) -> Fault:
    """Translate one fault of pydantic's."""
    location, *path = item["loc"] or ("body",)
    code = code_of(item["type"])
    context = dict(item.get("ctx") or {})
    name = {"missing": "discriminator", "not_in_list": "discriminator"}.get(code)
    if item["type"].startswith("union_tag") and name in context:
        path = [*path, str(context["discriminator"]).strip("'")]
    if item["type"] == "json_invalid":
        path = [part for part in path if isinstance(part, str)]  # not how far it could be read
    params = {key: value for key, value in context.items() if key != "error"}
    params["limit"] = next((context[key] for key in _LIMITS if key in context), None)
    params["wanted"] = _values(context) or _wanted(item)
    return Fault(
        location=str(location),
        pointer=_pointer(path, body if location == "body" else None),
        code=code,
        detail=say(f"fault.{code}", lang, **params),
    )


_LIMITS = ("ge", "gt", "le", "lt", "max_length", "min_length", "maximum")


def _values(context: dict[str, Any]) -> str:
    """Return the possible values as a list without words of any language."""
    listed = str(context.get("expected") or context.get("expected_tags") or "")
    return listed.replace(" or ", ", ").replace("'", "")


def _wanted(item: Any) -> str:
    """Name the wanted JSON type the same way in every language."""
    kind = str(item["type"]).removesuffix("_type")
    names = {
        "model": "object", "model_attributes": "object", "dict": "object", "list": "array",
        "tuple": "array", "set": "array", "frozen_set": "array", "bool": "boolean",
        "int": "integer", "float": "number", "datetime": "RFC 3339 time",
    }  # fmt: skip
    return names.get(kind, kind)


def _pointer(path: Sequence[Any], body: Any) -> str:
    """Return the JSON pointer of a place in the body.

    Pydantic's path also names the branch of a union, which is no part of the document.
    """
    kept: list[str] = []
    at = body
    for place, part in enumerate(path):
        if _holds(at, part):
            at = at[part]
        elif body is not None and place < len(path) - 1:
            continue
        kept.append(str(part).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{part}" for part in kept)


def _holds(at: Any, part: Any) -> bool:
    if isinstance(at, list):
        return isinstance(part, int) and part < len(at)
    return isinstance(at, Mapping) and part in at
