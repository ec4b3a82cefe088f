"""The one table of allowed moves; the docs, the `allowed` lists and the tests derive from it."""

from collections.abc import Callable

from domain.kinds import MOST_CREWS, Role
from domain.outage import DARK, LIVE, ON_SITE, Outage, Stage, Task, TaskState
from domain.value import Value

_CREW = frozenset({Role.CREW, Role.DISPATCHER})
_DESK = frozenset({Role.DISPATCHER, Role.SUPERVISOR})
_BOARD = frozenset({Role.BOARD})
_SYSTEM = frozenset({Role.SYSTEM})
_TOLD = frozenset({TaskState.DISPATCHED, TaskState.ACKNOWLEDGED})
_CALLED_OUT = _TOLD | {TaskState.EN_ROUTE}
_ACTIVE = frozenset({TaskState.ASSESSING, TaskState.WORKING})
_FIELD_OPEN = DARK | {Stage.RESTORED}
_BEFORE_CALLBACK = _FIELD_OPEN | {Stage.VERIFYING}


class Move(Value):
    """Who may do an action, in which stages, and from which task states to which.

    `task_from` is empty for actions on the outage as a whole; `task_to` None leaves the
    task's state as it is.
    """

    action: str
    roles: frozenset[Role]
    stages: frozenset[Stage]
    task_from: frozenset[TaskState] = frozenset()
    task_to: TaskState | None = None

    def allows(self, outage: Outage, task: Task | None, role: Role) -> bool:
        """Tell whether this move may be made now by that role."""
        if role not in self.roles or outage.stage not in self.stages:
            return False
        if outage.regrouping is not None and role is not Role.SYSTEM:
            return False
        if not self.task_from:
            return True
        return task is not None and task.state in self.task_from


def _task_move(
    action: str,
    roles: frozenset[Role],
    task_from: frozenset[TaskState],
    task_to: TaskState | None,
    stages: frozenset[Stage] = LIVE,
) -> Move:
    return Move(action=action, roles=roles, stages=stages, task_from=task_from, task_to=task_to)


def _outage_move(action: str, roles: frozenset[Role], stages: frozenset[Stage]) -> Move:
    return Move(action=action, roles=roles, stages=stages)


_T = TaskState
MOVES: dict[str, Move] = {
    move.action: move
    for move in (
        _outage_move("take_reports", _SYSTEM, LIVE),
        _outage_move("confirm", _DESK | {Role.CALL_TAKER}, frozenset({Stage.PREDICTED})),
        _outage_move("confirm_device", _DESK, DARK),
        # never while callbacks are being sealed: nothing may change readiness then
        _outage_move("add_task", _CREW, _BEFORE_CALLBACK),
        _task_move("cancel_task", _DESK, frozenset({_T.QUEUED}), _T.CANCELLED, _FIELD_OPEN),
        _task_move("assign", _BOARD, frozenset({_T.QUEUED}), _T.DISPATCHED),
        _task_move("reschedule", _BOARD, _TOLD, None),
        _task_move("release", _BOARD, _CALLED_OUT | {_T.ON_HOLD}, _T.QUEUED),
        _task_move("acknowledge", _CREW, frozenset({_T.DISPATCHED}), _T.ACKNOWLEDGED),
        _task_move("refuse", _CREW, _CALLED_OUT, _T.QUEUED),
        _task_move("depart", _CREW, _TOLD, _T.EN_ROUTE),
        _task_move("arrive", _CREW, _CALLED_OUT, _T.ARRIVED),
        _task_move("contact_customer", _CREW, ON_SITE, None),
        _task_move("assess", _CREW, frozenset({_T.ARRIVED}), _T.ASSESSING),
        _task_move("make_safe", _CREW, ON_SITE, None),
        _task_move("call_crew", _CREW, ON_SITE, None, _FIELD_OPEN),
        _task_move("need_parts", _CREW, ON_SITE, None, _FIELD_OPEN),
        _task_move("begin_work", _CREW, frozenset({_T.ARRIVED, _T.ASSESSING}), _T.WORKING),
        _task_move("hold", _CREW, _ACTIVE, _T.ON_HOLD),
        _task_move("resume", _CREW, frozenset({_T.ON_HOLD}), _T.WORKING),
        _task_move("restore_part", _CREW, ON_SITE, None, DARK),
        _task_move("restore", _CREW, ON_SITE, None, DARK),
        _task_move("find_customer_side", _CREW, ON_SITE, _T.DONE, DARK),
        _task_move("complete", _CREW, ON_SITE, _T.DONE),
        _outage_move("give_estimate", _CREW, DARK),
        _outage_move("cancel", _DESK, DARK),
        _outage_move("end_plan", _SYSTEM, DARK),
        _outage_move("merge", _DESK, DARK),
        _outage_move("split", _DESK, DARK),
        _outage_move("absorb", _SYSTEM, DARK),
        _outage_move("note_merge", _SYSTEM, DARK),
        _outage_move("note_split", _SYSTEM, DARK),
        _outage_move("urge", _DESK | {Role.CALL_TAKER}, LIVE),
        _outage_move("acknowledge_rung", _DESK | {Role.CREW, Role.CALLBACK_AGENT}, LIVE),
        _outage_move("reopen", frozenset({Role.CALLBACK_AGENT, Role.SUPERVISOR}), LIVE),
        _outage_move("note_callbacks_opened", _SYSTEM, LIVE),
        _outage_move("finish_callbacks", _SYSTEM, LIVE),
        _outage_move("note_seal", _SYSTEM, frozenset({Stage.CALLBACK})),
        _outage_move("raise_rules", _SYSTEM, LIVE),
        _outage_move("climb", _SYSTEM, LIVE),
    )
}

FIELD_ACTIONS = frozenset(
    {
        "acknowledge",
        "refuse",
        "depart",
        "arrive",
        "contact_customer",
        "assess",
        "make_safe",
        "call_crew",
        "need_parts",
        "begin_work",
        "hold",
        "resume",
        "restore_part",
        "restore",
        "find_customer_side",
        "complete",
    }
)
"""Actions that state what happened in the field; kept as facts before they are judged."""


class Allowed(Value):
    """One thing that may be done now, and on which task."""

    action: str
    task: str | None = None


def allowed(outage: Outage, role: Role, crew: str | None = None) -> tuple[Allowed, ...]:
    """List what a role may do now; a crew sees only moves on its own tasks."""
    found: list[Allowed] = []
    for move in MOVES.values():
        if not move.task_from:
            if move.allows(outage, None, role) and not _premature(outage, move, None):
                found.append(Allowed(action=move.action))
            continue
        for task in outage.tasks:
            mine = role is not Role.CREW or task.crew == crew
            if mine and move.allows(outage, task, role) and not _premature(outage, move, task):
                found.append(Allowed(action=move.action, task=task.id))
    return tuple(found)


def _premature(outage: Outage, move: Move, task: Task | None) -> bool:
    """Tell whether the rule of this action would refuse it whatever it says."""
    check = _UNREADY.get(move.action)
    return check is not None and check(outage, task)


def may_complete(outage: Outage, task: Task) -> bool:
    """Tell whether a task may be finished: the last open one must leave nobody off."""
    others = [t for t in outage.open_tasks if t.id != task.id]
    if task.danger and outage.danger:
        return False
    return bool(others) or not outage.dark


def may_call_crew(outage: Outage, task: Task) -> bool:
    """Tell whether one more crew may be called to a task; announced work is not planned."""
    return outage.planned_until is None and len(outage.meeting_of(task)) + 1 < MOST_CREWS


def others_out(outage: Outage, task: Task | None) -> bool:
    """Tell whether a crew is out for the outage on any other task than this one."""
    own = None if task is None else task.id
    return any(t.id != own and t.state is not TaskState.QUEUED for t in outage.open_tasks)


def _unsafe_for(outage: Outage, task: Task | None) -> bool:
    return outage.danger and not (task is not None and task.danger)


def _still_needed(outage: Outage, task: Task | None) -> bool:
    if task is None or (task.danger and outage.danger):
        return True
    return outage.dark and len(outage.open_tasks) == 1


_UNREADY: dict[str, Callable[[Outage, Task | None], bool]] = {
    "add_task": lambda outage, _task: outage.planned_until is not None,
    "call_crew": lambda outage, task: task is None or not may_call_crew(outage, task),
    "assign": lambda outage, task: task is None or not outage.ready(task),
    "cancel_task": _still_needed,
    "make_safe": lambda outage, _task: not outage.danger,
    "begin_work": _unsafe_for,
    "resume": _unsafe_for,
    "restore_part": lambda outage, _task: outage.customers_off < 2,
    "restore": lambda outage, _task: outage.danger,
    "complete": lambda outage, task: task is None or not may_complete(outage, task),
    "find_customer_side": lambda outage, task: outage.danger or others_out(outage, task),
    "confirm_device": lambda outage, _task: outage.planned_until is not None,
    "end_plan": lambda outage, _task: outage.planned_until is None,
    "merge": lambda outage, _task: outage.planned_until is not None,
    "split": lambda outage, _task: outage.planned_until is not None or outage.reports < 2,
    "absorb": lambda outage, _task: (
        outage.planned_until is not None or outage.regrouping is not None
    ),
    "note_merge": lambda outage, _task: outage.regrouping is None or outage.regrouping.into is None,
    "note_split": lambda outage, _task: (
        outage.regrouping is None or outage.regrouping.into is not None
    ),
    "cancel": lambda outage, _task: outage.danger or others_out(outage, None),
    "acknowledge_rung": lambda outage, _task: (
        not set(outage.climbed).difference(outage.acknowledged_rungs)
    ),
}
