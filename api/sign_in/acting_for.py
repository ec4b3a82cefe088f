"""Speaking for somebody: a machine that may says for whom it asks, and that is written down."""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fastapi import Request
from sqlalchemy.orm import Session

from api.problems import Problem
from api.sign_in.caller import EVERYWHERE, LONGEST_SUBJECT, SUBJECT, Caller, Grant, Person
from store import people

if TYPE_CHECKING:
    from api.office import Office

ACT_AS_HEADER = "Act-As"
NO_PERSON = ("client/", "key/", "board/", "desk/")
"""Names that are never a person's; nobody is acted for under them."""


async def speak_for(request: Request, machine: Person, caller: Caller) -> Caller:
    """Return the caller as the person it asks for, if it names one; the deed is theirs."""
    wanted = request.headers.get(ACT_AS_HEADER)
    if wanted is None:
        return caller
    fit = len(wanted) <= LONGEST_SUBJECT and re.match(SUBJECT, wanted) is not None
    if not machine.may_act_as or not fit or wanted.startswith(NO_PERSON):
        raise Problem("act_as_refused")
    office: Office = request.app.state.office
    spoken_for = caller.model_copy(update={"subject": wanted, "asked_by": machine.subject})
    return await office.ask(_note, request, spoken_for)


def _note(session: Session, request: Request, caller: Caller) -> Caller:
    """Keep to what a person known here holds, and write down who asked for whom."""
    known = people.one(session, caller.subject)
    if known is not None:
        caller = _within(caller, known)
    people.note_acted_for(
        session,
        subject=caller.subject,
        asked_by=caller.asked_by or "",
        request_id=request.scope.get("request_id", ""),
        method=request.method,
        path=request.url.path,
        now=datetime.now(UTC),
    )
    return caller


def _within(caller: Caller, known: people.Known) -> Caller:
    """Return the caller with no more than a person known here holds in that role."""
    held = [Grant.model_validate(grant) for grant in known.grants]
    same = [each for each in held if (each.role, each.crew) == (caller.role, caller.crew)]
    if known.disabled_at is not None or not same:
        raise Problem("act_as_refused")
    theirs = {district for each in same for district in each.districts}
    if EVERYWHERE in theirs:
        return caller
    both = theirs if EVERYWHERE in caller.districts else theirs & set(caller.districts)
    return caller.model_copy(update={"districts": tuple(sorted(both))})
