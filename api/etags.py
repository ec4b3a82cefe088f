"""Entity tags: who changes what others may have changed meanwhile says which state was seen.

A read answers with `show(response, tag)`. A write takes `if_match: IfMatch` and calls
`need_match` in the transaction that writes, with the tag of the state found there.
"""

import re
from typing import Annotated, Any

from fastapi import Header, Response
from pydantic_core import to_jsonable_python

from api.problems import Problem
from domain.value import canonical_json, digest_of

IfMatch = Annotated[
    str | None,
    Header(max_length=1024, description="`ETag` of the state that was seen; `*` is any"),
]
"""The header of a write that must not overtake another."""

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')


def tag_of(state: Any) -> str:
    """Return the tag of a state: the same values have the same tag in every process."""
    return digest_of(canonical_json(to_jsonable_python(state)))[:20]


def show(response: Response, tag: str) -> None:
    """Name the tag of what is answered."""
    response.headers["ETag"] = f'"{tag}"'


def need_match(if_match: str | None, tag: str, *, present: Any, only: int | None = None) -> None:
    """Refuse a write that does not say which state it saw, or saw another one.

    `present` goes along with the refusal. `only` compares that part of a tag that is made of
    parts with dots between. Raises precondition_required (428) and precondition_failed (412).
    """
    if if_match is None:
        raise Problem("precondition_required")
    if if_match.strip() == "*":
        return
    # A weak tag never matches here (RFC 9110, 13.1.1).
    seen = [text for weak, text in _TAG.findall(if_match) if not weak]
    if _part(tag, only) not in [_part(each, only) for each in seen]:
        raise Problem(
            "precondition_failed",
            present=to_jsonable_python(present),
            headers={"ETag": f'"{tag}"'},
        )


def _part(tag: str, number: int | None) -> str:
    parts = tag.split(".")
    return tag if number is None else parts[number] if number < len(parts) else ""
