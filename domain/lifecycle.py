"""The tables of the life-cycle page, drawn from the moves, stages, ladders and events."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import get_args

from domain import events as e
from domain.kinds import Ladder, LadderRole, Role
from domain.ladders import Rung
from domain.moves import MOVES, Move
from domain.outage import DARK, LIT, LIVE, ON_SITE, Stage, TaskState
from domain.policy import Policy
from domain.value import Value
from domain.words import say

_SETS: tuple[tuple[str, frozenset[StrEnum]], ...] = (
    ("any but closed", frozenset(LIVE)),
    ("while dark", frozenset(DARK)),
    ("while lit", frozenset(LIT)),
    ("on site", frozenset(ON_SITE)),
)
"""Sets that have a name of their own in the tables."""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines) + "\n"


def _both(key: str) -> str:
    return f"{say(key)} · {say(key, 'zh')}"


def _states(members: frozenset[Stage] | frozenset[TaskState]) -> str:
    """Name a set of stages or task states as shortly as it can be said."""
    for name, known in _SETS:
        if members == known:
            return name
    kind = type(next(iter(members)))
    return ", ".join(f"`{member.value}`" for member in kind if member in members)


def moves_table() -> str:
    """Return who may do what, in which stages, from and to which task states."""
    return _table(
        ("action", "in words", "who", "order is", "task is", "task becomes"),
        (_move_row(move) for move in MOVES.values()),
    )


def _move_row(move: Move) -> tuple[str, ...]:
    who = ", ".join(say(f"role.{role.value}") for role in Role if role in move.roles)
    task_from = _states(move.task_from) if move.task_from else "–"
    task_to = f"`{move.task_to.value}`" if move.task_to else "–"
    words = _both(f"move.{move.action}")
    return (f"`{move.action}`", words, who, _states(move.stages), task_from, task_to)


def stages_table() -> str:
    """Return the stages of an order and what each means for its customers."""
    return _table(
        ("stage", "in words", "customers"),
        ((f"`{stage.value}`", _both(f"stage.{stage.value}"), _customers(stage)) for stage in Stage),
    )


def _customers(stage: Stage) -> str:
    if stage in DARK:
        return "off"
    return "back, being called" if stage in LIT else "back and called"


def task_states_table() -> str:
    """Return the states of a task, in the order in which work goes on."""
    return _table(
        ("state", "in words", "crew on site"),
        (
            (
                f"`{state.value}`",
                _both(f"task_state.{state.value}"),
                "yes" if state in ON_SITE else "–",
            )
            for state in TaskState
        ),
    )


def ladders_table(policy: Policy) -> str:
    """Return the rungs of a policy: at which share of which time who is told."""
    rows = [(ladder, rung, "") for ladder in Ladder for rung in policy.rungs(ladder, None)]
    firsts = [
        (Ladder.ARRIVAL, special.first, f"key customers of class `{name}`")
        for name, special in policy.key_customers.items()
        if special.first is not None
    ]
    at = next(number for number, row in enumerate(rows) if row[0] is Ladder.ARRIVAL)
    return _table(
        ("promise", "in words", "at", "told", "also"),
        (
            (f"`{ladder}`", _both(f"ladder.{ladder}"), *_rung_cells(rung, only))
            for ladder, rung, only in (*rows[:at], *firsts, *rows[at:])
        ),
    )


def _rung_cells(rung: Rung, only: str) -> tuple[str, str, str]:
    told = _both(f"told.{LadderRole(rung.to).value}")
    marks = [only] if only else []
    marks += ["breach recorded"] if rung.percent >= 100 else []
    marks += ["customer called with the reason"] if rung.call_customer else []
    return (f"{rung.percent} %", told, ", ".join(marks) or "–")


def events_table() -> str:
    """Return every kind of event and what it says, in the words of its own docstring."""
    kinds: tuple[type[Value], ...] = get_args(get_args(e.Happening)[0])
    return _table(
        ("event", "in words", "what it says"),
        (
            (f"`{kind}`", _both(f"event.{kind}"), " ".join((member.__doc__ or "").split()))
            for member in kinds
            for kind in [str(member.model_fields["kind"].default)]
        ),
    )


def fill(page: str, tables: dict[str, str]) -> str:
    """Return a page with what stands between `<!-- table:NAME -->` and `<!-- end -->` renewed.

    Raises ValueError when the page lacks the markers of a table.
    """
    for name, table in tables.items():
        begin, end = f"<!-- table:{name} -->\n", "<!-- end -->"
        before, found, rest = page.partition(begin)
        _old, closed, after = rest.partition(end)
        if not (found and closed):
            raise ValueError(f"no place for the table {name}")
        page = f"{before}{begin}\n{table}\n{end}{after}"
    return page
