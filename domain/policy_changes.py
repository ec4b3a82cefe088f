"""What changes from one policy to another, key by key and rung by rung, in words and numbers."""

from collections.abc import Iterator
from typing import Any

from domain.kinds import AreaClass, KeyClass, Ladder, TaskKind
from domain.ladders import Rung
from domain.policy import Policy
from domain.value import Value
from domain.words import say


class Change(Value):
    """One key that differs; None where a policy does not have it."""

    key: str
    old: Any
    new: Any


def changes(old: Policy | None, new: Policy) -> tuple[Change, ...]:
    """List what differs, in the order of the keys; a rung is known by its percent.

    From no policy at all every key is a change.
    """
    before = {} if old is None else dict(_leaves(old))
    after = dict(_leaves(new))
    keys = [*before, *(key for key in after if key not in before)]
    order = {key: number for number, key in enumerate(_ordered(keys))}
    return tuple(
        Change(key=key, old=before.get(key), new=after.get(key))
        for key in sorted(keys, key=order.__getitem__)
        if before.get(key) != after.get(key)
    )


def _ordered(keys: list[str]) -> list[str]:
    """Keep keys of one table together, rungs by their percent."""
    tables = list(dict.fromkeys(key.rpartition(".")[0] for key in keys))

    def place(key: str) -> tuple[int, int]:
        table, _, name = key.rpartition(".")
        return tables.index(table), int(name) if name.isdigit() else 0

    return sorted(keys, key=place)


def _leaves(policy: Policy) -> Iterator[tuple[str, Any]]:
    data = policy.model_dump(mode="json", exclude={"ladders", "key_customers"})
    yield from _flat(data, "")
    for name, special in policy.key_customers.items():
        told = special.model_dump(mode="json", exclude={"first"})
        yield from _flat(told, f"key_customers.{name.value}.")
        if special.first is not None:
            yield f"key_customers.{name.value}.first", _rung(special.first, at=True)
    for ladder in Ladder:
        for rung in getattr(policy.ladders, ladder.value):
            yield f"ladders.{ladder.value}.{rung.percent}", _rung(rung)


def _flat(data: dict[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{key}.")
        elif value is not None:
            yield before + key, value


def _rung(rung: Rung, *, at: bool = False) -> dict[str, Any]:
    """Return what a rung does; its percent where no key says it."""
    told: dict[str, Any] = {"to": rung.to.value}
    if at:
        told["percent"] = rung.percent
    if rung.call_customer:
        told["call_customer"] = True
    return told


_NAMES = frozenset({*AreaClass, *KeyClass, *TaskKind})
"""Parts of a key that name a thing, not a rule."""


def name_of(key: str, language: str) -> str:
    """Return the words for a key."""
    parts = key.split(".")
    if parts[0] == "ladders":
        ladder = say(f"ladder.{parts[1]}", language)
        return say("policy.rung", language, ladder=ladder, percent=parts[2])
    if parts[0] in ("key_customers", "work"):
        kind = "task_kind" if parts[0] == "work" else "key_class"
        thing = say(f"{kind}.{parts[1]}", language)
        return say(f"policy.key.{parts[0]}_{parts[2]}", language, thing=thing)
    if parts[-1] in _NAMES:
        area = say(f"area_class.{parts[-1]}", language)
        return say(f"policy.key.{'_'.join(parts[:-1])}", language, area=area)
    return say(f"policy.key.{'_'.join(parts)}", language)


def value_of(key: str, value: Any, language: str) -> str:
    """Return the value of a key as people read it."""
    if value is None:
        return "–"
    if key == "counted":
        return say(f"policy.counting.{value}", language)
    if isinstance(value, dict):
        return _told(value, language)
    if isinstance(value, bool):
        return say("policy.yes" if value else "policy.no", language)
    if isinstance(value, list):
        return "; ".join(str(item) for item in value) or "–"
    return str(value)


def _told(rung: dict[str, Any], language: str) -> str:
    words = say(f"told.{rung['to']}", language)
    if "percent" in rung:
        words = f"{rung['percent']} %: {words}"
    if rung.get("call_customer"):
        words = say("policy.customer_called", language, told=words)
    return words
