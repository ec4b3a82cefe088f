"""Telling from a body alone whether a report may be about danger; in doubt it is.

A report that the routes would read as danger is never missed here: not when its names are written
with escapes, and not in another encoding of JSON. What only looks like one is judged later.
"""

import json

_NAMED = (b"hazards", b"life_support")
# A name may hide behind an escape, and UTF-16 or UTF-32 has zero bytes in every name.
_DISGUISED = (b"\\", b"\x00")


def tells_of_danger(body: bytes) -> bool:
    """Tell whether a report names a hazard or somebody on life support."""
    if not any(mark in body for mark in (*_NAMED, *_DISGUISED)):
        return False
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and bool(said.get("hazards") or said.get("life_support"))
