"""The hands: every side effect of a workflow, idempotent."""
