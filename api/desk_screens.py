"""How pages and callbacks look from outside, and whose inbox a page is in."""

from dataclasses import asdict
from typing import Any

from api.sign_in import SEES_PERSONS, Caller
from domain.kinds import LadderRole, Role
from domain.words import LANGUAGES, say
from store.reading.callbacks import CallbackSeen
from store.reading.pages import PageSeen

INBOXES = {
    Role.CREW: frozenset({LadderRole.CREW, LadderRole.TEAM_LEADER}),
    Role.DISPATCHER: frozenset({LadderRole.DISPATCHER}),
    Role.CALLBACK_AGENT: frozenset({LadderRole.CALLBACK_LEAD}),
    Role.SUPERVISOR: frozenset(LadderRole),
    Role.AUDITOR: frozenset(LadderRole),
    Role.ADMIN: frozenset(LadderRole),
}
"""Which rungs of a ladder a role reads; persons come from the roster in a later round."""


def page(seen: PageSeen) -> dict[str, Any]:
    """Return a page as an inbox shows it."""
    return {
        "id": seen.id,
        "outage": {"id": seen.outage_id, "number": seen.outage_number},
        "district": seen.district_id,
        "ladder": seen.ladder,
        "percent": seen.rung,
        "to": seen.to_role,
        "rung": seen.body.get("rung"),
        "due": seen.body.get("due"),
        "late_s": seen.body.get("late_s"),
        "call_customer": seen.body.get("call_customer", False),
        "at": seen.at,
        "acknowledged_at": seen.acked_at,
        "acknowledged_by": seen.acked_by,
        "told": {lang: say(f"told.{seen.to_role}", lang) for lang in LANGUAGES},
    }


def callback(seen: CallbackSeen, caller: Caller) -> dict[str, Any]:
    """Return a callback; what was noted of a person only to those who deal with persons."""
    told = asdict(seen)
    if caller.role not in SEES_PERSONS:
        for attempt in told["tries"]:
            attempt.pop("note", None)
    return told
