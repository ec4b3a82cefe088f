"""Why a crew came late: drawn from the order's own events, one reason for each late one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from domain import events as e

SETS_OUT_WITHIN = timedelta(minutes=6)
SENT_WITHIN = timedelta(minutes=3)


class Because(StrEnum):
    """Why an arrival was late; each has a sentence under [sim.because] in the catalogues."""

    NEVER_CAME = "never_came"
    GIVEN_BACK = "given_back"
    CALLED_OFF = "called_off"
    WAITED_FOR_CREW = "waited_for_crew"
    EARLIER_WORK = "earlier_work"
    TOO_FAR = "too_far"
    DRIVE_LONGER = "drive_longer"


def reason(events: Sequence[e.Event], started: datetime, due: datetime) -> Because:
    """Return why the first arrival came after it was due, or never.

    What cost the most is the reason: an order given back or called off, a wait for any crew, a
    wait behind earlier work, a way too far from the start, or a drive longer than foreseen.
    """
    arrived = next((each for each in events if isinstance(each.what, e.Arrived)), None)
    if arrived is None:
        return Because.NEVER_CAME
    before = [each for each in events if each.seq < arrived.seq]
    if any(isinstance(each.what, e.TaskRefused) for each in before):
        return Because.GIVEN_BACK
    sent = [each for each in before if isinstance(each.what, e.TaskAssigned)]
    mine = [each for each in sent if _task(each) == _task(arrived)]
    last = (mine or sent)[-1]
    first_wait = sent[0].at - started
    out = next((x for x in before if isinstance(x.what, e.SetOut) and x.seq > last.seq), last)
    if first_wait > SENT_WITHIN and first_wait >= out.at - last.at:
        return Because.WAITED_FOR_CREW
    if out.at - last.at > SETS_OUT_WITHIN:
        return Because.EARLIER_WORK
    if len(mine) > 1 and last.at - sent[0].at > SENT_WITHIN:
        return Because.CALLED_OFF
    eta = last.what.eta if isinstance(last.what, e.TaskAssigned) else None
    return Because.TOO_FAR if eta is not None and eta > due else Because.DRIVE_LONGER


def _task(event: e.Event) -> str:
    return str(getattr(event.what, "task", ""))
