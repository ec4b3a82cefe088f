"""Scopes: what a machine's key is limited to, one word per group of endpoints."""

from collections.abc import Iterable

_READS = frozenset({"GET", "HEAD"})
_CLAIMS = frozenset({"/v1/callbacks/next"})
"""Read by GET, but whoever asks is given work."""
_FREE = frozenset({"me", "track"})


def scope_of(method: str, path: str) -> str | None:
    """Return the word an endpoint is asked under, such as `reports:write`; None needs none."""
    _, _, noun = path.removeprefix("/v1").partition("/")
    noun = noun.partition("/")[0]
    if not path.startswith("/v1/") or noun in _FREE:
        return None
    reads = method in _READS and path not in _CLAIMS
    return f"{noun}:{'read' if reads else 'write'}"


def known_scopes(endpoints: Iterable[tuple[str, str]]) -> list[str]:
    """Return every word that some endpoint is asked under, given as (method, path)."""
    found = {scope_of(method, path) for method, path in endpoints}
    return sorted(word for word in found if word is not None)
