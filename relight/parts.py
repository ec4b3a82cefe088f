"""The names of the parts of an installation, in the order in which they start."""

SERVERS = ("postgres", "temporal")
PROCESSES = ("worker", "planner", "relay", "api")
PARTS = SERVERS + PROCESSES
