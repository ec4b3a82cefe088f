"""How workflow code runs when it is tried: sandboxed, with our own values shared.

A value class imported twice is two classes, and a value of the one is refused by the other.
"""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

SHARED = (
    "domain",
    "pydantic",
    "pydantic_core",
    "geopy",
    "workflows.board_messages",
    "workflows.footing",
    "workflows.hands",
    "workflows.ledger",
    "workflows.messages",
)


def runner() -> SandboxedWorkflowRunner:
    """Return the runner of the tests' workers, which looks at all that workflow code touches."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*SHARED)
    return SandboxedWorkflowRunner(restrictions=restrictions)
