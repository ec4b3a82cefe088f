"""What is measured of the whole installation: the families of numbers, and one number of one."""

from dataclasses import dataclass

Labels = tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """One number of a family; `labels` are the values of the family's labels, in its order."""

    family: str
    value: float
    labels: Labels = ()


@dataclass(frozen=True)
class Family:
    """What a number tells and by what it is told apart; every label is a closed list."""

    told: str
    labels: Labels = ()


_DISTRICT = ("district",)
_PROMISE = ("district", "area_class")
_TASK = ("district", "kind")
_KIND = ("kind",)

FAMILIES: dict[str, Family] = {
    "outbox_depth": Family("Messages not yet carried to a workflow.", _KIND),
    "outbox_oldest_seconds": Family("Age of the oldest message not yet carried.", _KIND),
    "dead_letters": Family("Messages given up after too many tries.", _KIND),
    "projection_lag_seconds": Family("Longest wait of a report its outage has not acknowledged."),
    "projection_alarms": Family("Outages whose rows stand still: stored and given events differ."),
    "open_outages": Family("Outages not sealed.", _DISTRICT),
    "open_pages": Family("Alerts nobody has acknowledged.", _DISTRICT),
    "unjudged_facts": Family("Statements from the field without a verdict."),
    "dangers_unheard": Family("Outages whose danger the workflow has not heard of.", _DISTRICT),
    "sweep_age_seconds": Family("Time since the last retention sweep ended."),
    "promises_open": Family("Outages nobody has arrived at yet.", _PROMISE),
    "promise_nearest_seconds": Family("Time to the next promised arrival.", _PROMISE),
    "promises_at_risk": Family(
        "Open promises that end within 15 or 60 minutes.", (*_PROMISE, "within")
    ),
    "promises_overdue": Family("Open promises whose time has passed.", _PROMISE),
    "promises_broken_today": Family("Promises of today that were not kept.", _PROMISE),
    "etr_overdue": Family("Outages still dark past the time told for their light.", _DISTRICT),
    "open_callbacks": Family("Reporters still to be called back.", _DISTRICT),
    "callbacks_due": Family("Reporters that may be called now.", _DISTRICT),
    "callbacks_due_oldest_seconds": Family("Longest wait of a call that may be made.", _DISTRICT),
    "callbacks_overdue": Family("Calls owed for longer than the policy allows.", _DISTRICT),
    "tasks_unassigned": Family("Tasks that no crew holds.", _TASK),
    "tasks_unassigned_oldest_seconds": Family("Longest wait of such a task.", _TASK),
    "board_mode": Family("1 for the mode a board is in.", (*_DISTRICT, "mode")),
    "plan_age_seconds": Family("Time since the last plan that asked for a move.", _DISTRICT),
    "districts": Family("Districts, each with a board."),
    "clock_apart_seconds": Family("Clock of the database minus clock of the api."),
    "database_bytes": Family("Size of the database."),
}
"""Every number that is read from the database."""
