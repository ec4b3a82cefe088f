"""What a queue tells of an outage beside its row: its place by name, its work, who is told next."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.agenda import agenda
from domain.outage import Outage
from domain.policy import Policy
from store import policies

_NEAR_DEGREES = 0.01
"""A street further away than about a kilometre says nothing about a place."""
_NAMES = """t.name AS transformer,
       s.en AS street_en, s.zh AS street_zh, p.en AS settlement_en, p.zh AS settlement_zh"""
_NAMED = """
FROM outages o
LEFT JOIN transformers t ON t.id = o.transformer_id
LEFT JOIN LATERAL (
    SELECT coalesce(name_en, name) AS en, coalesce(name_zh, name) AS zh FROM streets
    WHERE name IS NOT NULL AND path && ST_Expand(o.at, :near)
    ORDER BY path <-> o.at LIMIT 1
) s ON true
LEFT JOIN LATERAL (
    SELECT coalesce(name_en, name) AS en, coalesce(name_zh, name) AS zh FROM settlements
    WHERE name IS NOT NULL ORDER BY at <-> o.at LIMIT 1
) p ON true
WHERE o.id = ANY(:ids)
"""
_PLACES = text(f"SELECT o.id, {_NAMES} {_NAMED}")
_WORK = text(f"SELECT o.id, o.state, o.policy_hash, {_NAMES} {_NAMED}")


def of_outages(session: Session, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return `place`, `tasks` and `next_rung` by outage."""
    found = {}
    for row in session.execute(_WORK, {"ids": list(ids), "near": _NEAR_DEGREES}):
        state = None if row.state is None else Outage.model_validate(row.state)
        policy = policies.pinned(session, row.policy_hash)
        found[row.id] = {"place": _place(row), **work_of(state, policy)}
    return found


def places(session: Session, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return where outages are by name; the transformer is the one known now."""
    rows = session.execute(_PLACES, {"ids": list(ids), "near": _NEAR_DEGREES})
    return {row.id: _place(row) for row in rows}


def work_of(state: Outage | None, policy: Policy) -> dict[str, Any]:
    """Return `tasks` and `next_rung` of an outage in a state; without one nothing is owed yet."""
    return {"tasks": _tasks(state), "next_rung": _next_rung(state, policy)}


def _place(row: Any) -> dict[str, Any]:
    return {
        "transformer": row.transformer,
        "street": _names(row.street_en, row.street_zh),
        "settlement": _names(row.settlement_en, row.settlement_zh),
    }


def _names(en: str | None, zh: str | None) -> dict[str, str] | None:
    return None if en is None or zh is None else {"en": en, "zh": zh}


def _tasks(state: Outage | None) -> tuple[dict[str, Any], ...]:
    """Return the work still owed, each piece with the crew that has it."""
    if state is None:
        return ()
    return tuple(
        {
            "id": task.id,
            "kind": task.kind.value,
            "state": task.state.value,
            "crew": task.crew,
            "eta": task.eta,
            "danger": task.danger,
            "ready": state.ready(task),
        }
        for task in state.open_tasks
    )


def _next_rung(state: Outage | None, policy: Policy) -> dict[str, Any] | None:
    """Return who is told next and when, unless the deadline is met before."""
    due = next(iter(agenda(state, policy)), None) if state is not None else None
    return due and {
        "at": due.at,
        "percent": due.percent,
        "to": due.to.value,
        "ladder": due.deadline.ladder.value,
        "due": due.deadline.due,
    }
