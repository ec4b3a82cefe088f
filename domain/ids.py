"""Every id and workflow id is built here and nowhere else; the kind is visible in the text."""

from uuid import UUID


def report_id(uuid: UUID) -> str:
    """Name a report."""
    return f"rep_{uuid.hex}"


def outage_id(uuid: UUID) -> str:
    """Name an outage."""
    return f"out_{uuid.hex}"


def fact_id(uuid: UUID) -> str:
    """Name a statement from the field."""
    return f"fact_{uuid.hex}"


def photo_id(uuid: UUID) -> str:
    """Name a crew's photo."""
    return f"pho_{uuid.hex}"


def attempt_id(uuid: UUID) -> str:
    """Name one try at a callback."""
    return f"try_{uuid.hex}"


def task_id(outage: str, number: int) -> str:
    """Name the n-th task of an outage."""
    return f"{outage}/t{number}"


def outage_of_task(task: str) -> str:
    """Return the outage a task id belongs to."""
    return task.partition("/")[0]


def callback_id(report: str, restoration_no: int) -> str:
    """Name the callback owed to a report after the n-th restoration."""
    return f"cb_{report.removeprefix('rep_')}_{restoration_no}"


def outage_workflow(outage: str) -> str:
    """Name the workflow that keeps an outage."""
    return f"outage/{outage}"


def board_workflow(district: str) -> str:
    """Name the workflow that is a district's board."""
    return f"board/{district}"


def callbacks_workflow(outage: str, restoration_no: int) -> str:
    """Name the callback campaign after the n-th restoration of an outage."""
    return f"callbacks/{outage}/{restoration_no}"


def archive_workflow(outage: str) -> str:
    """Name the pass that stores the histories of a closed outage."""
    return f"archive/{outage}"


ARCHIVE_SWEEP = "archive/sweep"
RETENTION_SWEEP = "retention/sweep"


def about_workflow(workflow: str) -> dict[str, str]:
    """Return what a workflow is about, by kind: its outage or its district."""
    kind, _, rest = workflow.partition("/")
    subject = rest.partition("/")[0]
    if kind in ("outage", "callbacks", "archive") and subject.startswith("out_"):
        return {"outage": subject}
    return {"district": subject} if kind == "board" and subject else {}
