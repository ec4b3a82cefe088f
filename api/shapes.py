"""Two JSON schemas compared: what the newer one no longer takes, or newly gives.

Each finding is a code, the place within the value, and what it is about. Enough of JSON Schema for
documents that are built from this code: references, alternatives, objects, lists and limits.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Rooted = tuple[Mapping[str, Any], Any]
"""A document, and a schema within it."""
Finding = tuple[str, str, str]

_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_PLAIN = frozenset({"null", "string", "boolean", "integer", "integer, number", "array"})
_SAME = ("pattern", "format", "uniqueItems", "multipleOf")


def narrowed(before: Rooted, after: Rooted) -> Iterator[Finding]:
    """Tell which values of a request the newer schema refuses."""
    yield from _Comparison(asked=True).compare(before, after, "")


def widened(before: Rooted, after: Rooted) -> Iterator[Finding]:
    """Tell what of an answer is no longer there, or may be of another kind."""
    yield from _Comparison(asked=False).compare(before, after, "")


class _Comparison:
    """One comparison; schemas that hold themselves are looked at once."""

    def __init__(self, *, asked: bool) -> None:
        self._asked = asked
        self._seen: set[tuple[str, str]] = set()

    def compare(self, before: Rooted, after: Rooted, at: str) -> Iterator[Finding]:
        """Compare two schemas by their alternatives."""
        old, new = _named(before), _named(after)
        if not new or not old:
            if self._asked and new and not old:
                yield "narrowed", at, "any"
            return
        if len(old) == len(new) == 1:
            yield from self._each(*old.values(), *new.values(), at)
            return
        for name, schema in old.items():
            if name in new:
                yield from self._each(schema, new[name], at)
            elif self._asked:
                yield "narrowed", at, name
        if not self._asked:
            for name in sorted(new.keys() - old.keys()):
                yield "widened", at, name

    def _each(self, before: Rooted, after: Rooted, at: str) -> Iterator[Finding]:
        pair = (repr(before[1]), repr(after[1]))
        if pair in self._seen:
            return
        self._seen.add(pair)
        old, new = _resolved(before), _resolved(after)
        yield from self._kinds(old, new, at)
        yield from self._limits(old, new, at)
        yield from self._members((before[0], old), (after[0], new), at)
        if "items" in old and "items" in new:
            yield from self.compare((before[0], old["items"]), (after[0], new["items"]), f"{at}/*")
        extra = old.get("additionalProperties"), new.get("additionalProperties")
        if isinstance(extra[0], dict) and isinstance(extra[1], dict):
            yield from self.compare((before[0], extra[0]), (after[0], extra[1]), f"{at}/*")

    def _kinds(self, old: Any, new: Any, at: str) -> Iterator[Finding]:
        before, after = _types(old), _types(new)
        if self._asked and after and (not before or before - after):
            yield "narrowed", at, ", ".join(sorted(after))
        if not self._asked and before and (not after or after - before):
            yield "widened", at, ", ".join(sorted(after)) or "any"
        listed, now = _values(old), _values(new)
        if now is not None and listed is None and self._asked:
            yield "narrowed", at, ", ".join(sorted(now))
        elif now is None and listed is not None and not self._asked:
            yield "widened", at, "any"
        elif now is not None and listed is not None:
            for value in sorted(listed - now):
                yield "value_gone", at, value

    def _limits(self, old: Any, new: Any, at: str) -> Iterator[Finding]:
        if not self._asked:
            return
        for name in _UPPER:
            if name in new and new[name] < old.get(name, float("inf")):
                yield "narrowed", at, f"{name} {new[name]}"
        for name in _LOWER:
            if name in new and new[name] > old.get(name, float("-inf")):
                yield "narrowed", at, f"{name} {new[name]}"
        for name in _SAME:
            if name in new and new[name] != old.get(name):
                yield "narrowed", at, f"{name} {new[name]}"

    def _members(self, before: Rooted, after: Rooted, at: str) -> Iterator[Finding]:
        old, new = before[1].get("properties", {}), after[1].get("properties", {})
        needed, now = set(before[1].get("required", ())), set(after[1].get("required", ()))
        closed = after[1].get("additionalProperties") is False
        for name, schema in old.items():
            if name in new:
                below = f"{at}/{name}"
                yield from self.compare((before[0], schema), (after[0], new[name]), below)
            elif closed or not self._asked:
                yield "field_gone", at, name
        if self._asked:
            for name in sorted(now - needed):
                yield "field_required", at, name
        else:
            for name in sorted((needed - now) & new.keys()):
                yield "field_optional", at, name


def _resolved(rooted: Rooted) -> dict[str, Any]:
    """Follow references to the schema itself."""
    root, schema = rooted
    while isinstance(schema, dict) and "$ref" in schema:
        place: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            place = place[part]
        schema = place
    return schema if isinstance(schema, dict) else {}


def _named(rooted: Rooted) -> dict[str, Rooted]:
    """Return the alternatives; the only one that is no plain value may change its name."""
    found = _alternatives(rooted)
    shaped = [name for name in found if name not in _PLAIN]
    return {"object" if [name] == shaped else name: each for name, each in found.items()}


def _alternatives(rooted: Rooted) -> dict[str, Rooted]:
    """Return what a value may be, by names that stay the same; nothing when it may be anything."""
    root, schema = rooted
    whole = _resolved(rooted)
    parts = whole.get("anyOf") or whole.get("oneOf")
    if parts is None:
        return {_name(schema, whole): rooted} if whole else {}
    found: dict[str, Rooted] = {}
    for part in parts:
        found |= _alternatives((root, part))
    return found


def _name(schema: Any, whole: dict[str, Any]) -> str:
    """Name an alternative: by the kind it bears, by its schema's name, or by its type."""
    kind = whole.get("properties", {}).get("kind", {}).get("const")
    if kind is not None:
        return str(kind)
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    return ", ".join(sorted(_types(whole))) or repr(whole.get("const"))


def _types(schema: Any) -> set[str]:
    kinds = schema.get("type", ())
    found = {kinds} if isinstance(kinds, str) else set(kinds)
    return found | {"integer"} if "number" in found else found


def _values(schema: Any) -> set[str] | None:
    if "const" in schema:
        return {str(schema["const"])}
    return {str(value) for value in schema["enum"]} if "enum" in schema else None
