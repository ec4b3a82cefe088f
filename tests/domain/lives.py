"""Random lives of outages: actions valid and invalid, at random rising times."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from domain import actions as a
from domain.actor import SYSTEM, Actor, board_actor
from domain.duties import Duty, duties
from domain.events import RungClimbed
from domain.kinds import Hazard, KeyClass, Role, TaskKind
from domain.moves import MOVES, Allowed, allowed
from domain.outage import Outage, Task, TaskState
from tests.domain.builders import FAR_AWAY, SITE, START

ACTORS = {
    Role.CUSTOMER: Actor(subject="gu", role=Role.CUSTOMER),
    Role.CALL_TAKER: Actor(subject="tang", role=Role.CALL_TAKER),
    Role.DISPATCHER: Actor(subject="dan", role=Role.DISPATCHER),
    Role.CALLBACK_AGENT: Actor(subject="cai", role=Role.CALLBACK_AGENT),
    Role.SUPERVISOR: Actor(subject="su", role=Role.SUPERVISOR),
    Role.AUDITOR: Actor(subject="shen", role=Role.AUDITOR),
    Role.ADMIN: Actor(subject="an", role=Role.ADMIN),
    Role.BOARD: board_actor("yu"),
    Role.SYSTEM: SYSTEM,
}
CREWS = ("crew-1", "crew-2")
CODES_OF_THE_TABLE = {
    "role_may_not",
    "move_not_allowed",
    "outage_closed",
    "not_your_task",
    "task_unknown",
}


def actor_of(role: Role, crew: str | None = None) -> Actor:
    """Somebody of a role; a crew speaks with its own phone."""
    if role is Role.CREW:
        return Actor(subject=f"leader of {crew}", role=role, crew=crew)
    return ACTORS[role]


def likely_actor(outage: Outage, kind: str, task: str | None) -> Actor:
    """Somebody whom the table of moves lets do this."""
    roles = MOVES[kind].roles
    if Role.CREW in roles and task is not None and (known := outage.task(task)) is not None:
        return actor_of(Role.CREW, known.crew or "crew-1")
    return actor_of(min(roles - {Role.CREW}))


FORWARD = {
    "assign",
    "acknowledge",
    "depart",
    "arrive",
    "make_safe",
    "begin_work",
    "resume",
    "restore_part",
    "restore",
    "complete",
}
"""Actions of boards and crews that bring an order nearer to its close."""


def steps_forward(outage: Outage) -> list[tuple[Actor, Allowed]]:
    """Who may take which step towards the close now."""
    actors = [ACTORS[Role.BOARD], *(actor_of(Role.CREW, crew) for crew in CREWS)]
    found = [
        (actor, item)
        for actor in actors
        for item in allowed(outage, actor.role, actor.crew)
        if item.action in FORWARD
    ]
    for duty in duties(outage):
        if duty is Duty.OPEN_CALLBACKS:
            found.append((SYSTEM, Allowed(action="note_callbacks_opened")))
        if duty is Duty.SEAL:
            found.append((SYSTEM, Allowed(action="note_seal")))
    if outage.callbacks_finished < outage.callbacks_opened == outage.restoration_no:
        found.append((SYSTEM, Allowed(action="finish_callbacks")))
    return found


def steps_listed(outage: Outage) -> list[tuple[Actor, Allowed]]:
    """Everything anybody could do now, by the buttons shown; what persons do comes first."""
    actors = [*(actor_of(Role.CREW, crew) for crew in CREWS), *ACTORS.values()]
    return [(actor, item) for actor in actors for item in allowed(outage, actor.role, actor.crew)]


_ENDINGS: dict[str, Any] = {
    "need_parts": lambda: {"part": "fuse", "count": 2},
    "find_customer_side": lambda: {"told": "in_person"},
    "confirm_device": lambda: {
        "network_device": "switch-1",
        "held": {"kind": "switch", "place": SITE, "customers": 12},
    },
    "end_plan": lambda: {"how": "done", "clock_start": START},
}


def request_for(outage: Outage, kind: str, task: str | None, chance: Any = None) -> a.Request:
    """A well-formed request of a kind; `chance` draws what is left open."""
    draw = chance or (lambda strategy, default: default)
    known = outage.task(task or "")
    fields: dict[str, Any] = {
        "take_reports": lambda: {"tally": tally_after(outage, draw)},
        "add_task": lambda: {"task_kind": draw(st.sampled_from(TaskKind), TaskKind.ASSESS)},
        "cancel_task": lambda: {"reason": "not_needed"},
        **_orders(outage, known, draw),
        "refuse": lambda: {"reason": "too_far"},
        "arrive": lambda: {"position": draw(st.sampled_from((SITE, FAR_AWAY, None)), SITE)},
        "contact_customer": lambda: {"reached": draw(st.booleans(), True)},
        "begin_work": lambda: {"safety_officer": draw(st.sampled_from(("zhao", None)), "zhao")},
        "hold": lambda: {"reason": "access"},
        "restore_part": lambda: {"customers_back": draw(st.integers(1, 8), 1)},
        "restore": lambda: {"temporary": draw(st.booleans(), False)},
        **_ENDINGS,
        "give_estimate": lambda: {"etr": START + timedelta(days=400)},
        "cancel": lambda: {"reason": "self_restored"},
        "urge": lambda: {"reason": "called_again"},
        "acknowledge_rung": lambda: {"rung": untaken_rung(outage)},
        "reopen": lambda: {"report": "rep_1"},
        **_records(outage, draw),
        **_regroupings(outage, draw),
    }
    given = fields.get(kind, dict)()
    if task is not None:
        given["task"] = task
    return a.Action(id="x", actor=SYSTEM, what={"kind": kind, **given}).what


def _orders(outage: Outage, known: Task | None, draw: Any) -> dict[str, Any]:
    """What a board tells a crew."""
    return {
        "assign": lambda: {
            "crew": draw(st.sampled_from(CREWS), "crew-1"),
            "epoch": outage.epoch + draw(st.integers(0, 2), 1) or 1,
        },
        "reschedule": lambda: {
            "crew": (known and known.crew) or "crew-1",
            "epoch": outage.epoch + 1,
            "eta": START + timedelta(minutes=draw(st.integers(0, 600), 90)),
        },
        "release": lambda: {
            "crew": draw(st.sampled_from((known and known.crew, "crew-9")), known and known.crew)
            or "crew-1",
            "epoch": outage.epoch + 1,
            "reason": "replanned",
        },
    }


def _records(outage: Outage, draw: Any) -> dict[str, Any]:
    """What the system notes down of what it did for an order."""
    return {
        "note_callbacks_opened": lambda: {"restoration_no": outage.restoration_no},
        "finish_callbacks": lambda: finished_callbacks(outage),
        "note_seal": lambda: {"missing": draw(st.integers(0, 1), 0)},
        "raise_rules": lambda: {"to": outage.rules_version},
    }


def _regroupings(outage: Outage, draw: Any) -> dict[str, Any]:
    """What is said when an order is merged with another, or split."""
    into = outage.regrouping.into if outage.regrouping else None
    return {
        "merge": lambda: {"into": "out_2"},
        "split": lambda: {"reports": ("rep_1",)},
        "absorb": lambda: {
            "outage": f"out_{outage.seq}",
            "restorations": draw(st.integers(0, 2), 0),
            "tally": tally_after(outage, draw),
            "tasks": draw(st.sampled_from(((), (a_brought_task(outage),))), ()),
        },
        "note_merge": lambda: {
            "into": into or "out_2",
            "refused": draw(st.sampled_from((None, "merge_target_over")), None),
        },
        "note_split": lambda: {"into": "out_3", "moved": 1, "left": tally_left(outage)},
    }


def a_brought_task(outage: Outage) -> Task:
    """The work of a crew that is on its way for an order taken over."""
    return Task(
        id="out_9/t1",
        kind=TaskKind.REPAIR,
        state=TaskState.EN_ROUTE,
        queued_at=outage.clock_start,
        crew="crew-2",
        epoch=outage.epoch + 1,
        dispatched_at=outage.clock_start,
        first_dispatched_at=outage.clock_start,
    )


def tally_left(outage: Outage) -> dict[str, Any]:
    """What an order is left with after a split: fewer reports, and no danger."""
    return {
        "reports": max(1, outage.reports - 1),
        "watermark": outage.watermark,
        "clock_start": outage.clock_start,
        "customers": max(1, outage.customers - 1),
    }


def finished_callbacks(outage: Outage) -> dict[str, int]:
    """What a campaign in which everybody was reached says at its end."""
    return {"restoration_no": outage.restoration_no, "done": outage.reports, "unreached": 0}


def untaken_rung(outage: Outage) -> str:
    """A rung that was climbed and that nobody has taken over, if there is one."""
    untaken = [rung for rung in outage.climbed if rung not in outage.acknowledged_rungs]
    return untaken[0] if untaken else "arrival/9/50"


def tally_after(outage: Outage, draw: Any) -> dict[str, Any]:
    """A tally as the relay might send it next, or again."""
    more = draw(st.integers(0, 2), 1)
    hazards = draw(st.sets(st.sampled_from(Hazard), max_size=1), set())
    return {
        "reports": outage.reports + more,
        "watermark": outage.watermark + more,
        "clock_start": outage.clock_start - timedelta(seconds=draw(st.integers(-60, 60), 0)),
        "hazards": outage.hazards | hazards,
        "hazards_watermark": outage.watermark + more if hazards else outage.hazards_watermark,
        "customers": outage.customers + draw(st.integers(0, 1), 0),
        "key_class": draw(st.sampled_from((None, None, *KeyClass)), None),
    }


def nobody_is_passed_over_for_somebody_lower(outage: Outage, mine: list[RungClimbed]) -> None:
    """Of rungs due at once the highest pages, and by the newer rules whoever hears of no later."""
    paged = [rung for rung in mine if not rung.overtaken]
    top = max(rung.percent for rung in mine)
    if outage.rules_version == 1:
        assert [rung.percent for rung in paged] == [top]
        return
    assert paged == [rung for rung in mine if not told_in_vain(rung, mine)]
    assert max(rung.to.height for rung in mine) in {rung.to.height for rung in paged}


def told_in_vain(rung: RungClimbed, mine: list[RungClimbed]) -> bool:
    """Tell whether somebody as high up is told of a later rung at the same time."""
    later = [other for other in mine if other.percent > rung.percent]
    return any(other.to.height >= rung.to.height for other in later)
