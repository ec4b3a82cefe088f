"""Whose data each column holds: one register, read from `privacy.toml`, complete or refused."""

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Literal

from domain.value import Value
from store import retention

Level = Literal["personal", "pseudonymous", "none"]
PLAIN = "plain"


class Whose(Value):
    """A kind of person data are about: how close to the person, who reads, how it goes."""

    person: str
    level: Level
    readers: str
    erased: str


class Datum(Value):
    """One column that is about a person; `whose` names the kind of person, `why` the need."""

    table: str
    column: str
    whose: str
    why: str


class Register(Value):
    """The whole register: kinds of persons, columns about them, and columns about nobody."""

    whose: dict[str, Whose]
    data: tuple[Datum, ...]
    plain: frozenset[tuple[str, str]]

    def known(self) -> set[tuple[str, str]]:
        """Return every column the register names, as (table, column)."""
        return {(datum.table, datum.column) for datum in self.data} | self.plain

    def about(self, *kinds: str) -> set[tuple[str, str]]:
        """Return the columns about some kinds of persons."""
        return {(datum.table, datum.column) for datum in self.data if datum.whose in kinds}

    def level(self, datum: Datum) -> Level:
        """Return how close a column is to the person."""
        return self.whose[datum.whose].level


@cache
def register() -> Register:
    """Read the register; a column named twice or under an unknown person is refused."""
    told = tomllib.loads((files("store") / "privacy.toml").read_text(encoding="utf-8"))
    whose = {name: Whose.model_validate(fields) for name, fields in told["whose"].items()}
    data = tuple(
        Datum(table=table, column=column, whose=kind, why=why)
        for table, kinds in told["columns"].items()
        for kind, columns in kinds.items()
        if kind != PLAIN
        for column, why in columns.items()
    )
    plain = [(table, name) for table, kinds in told["columns"].items() for name in kinds[PLAIN]]
    names = [(datum.table, datum.column) for datum in data] + plain
    twice = sorted({name for name in names if names.count(name) > 1})
    unknown = sorted({datum.whose for datum in data} - set(whose))
    if twice or unknown:
        raise ValueError(f"privacy.toml: named twice {twice}, unknown persons {unknown}")
    return Register(whose=whose, data=data, plain=frozenset(plain))


def tables() -> dict[str, str]:
    """Return the tables of the privacy page: persons, columns about them, retention."""
    known = register()
    persons = [
        (f"`{name}`", each.person, each.level, each.readers, each.erased)
        for name, each in known.whose.items()
    ]
    columns = [(f"`{datum.table}.{datum.column}`", datum.whose, datum.why) for datum in known.data]
    rules = [
        (f"`{name}`", f"{rule.days} days", rule.since, rule.goes, rule.why, rule.source)
        for name, rule in retention.read().rules().items()
    ]
    return {
        "retention": _table(("rule", "kept for", "after", "what goes", "why", "source"), rules),
        "whose": _table(("whose", "who that is", "level", "who reads", "how it goes"), persons),
        "columns": _table(("column", "whose", "why it is kept"), columns),
    }


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines) + "\n"
