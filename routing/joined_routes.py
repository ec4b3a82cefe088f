"""One more task on routes that wait for each other: every crew it reaches is walked together."""

SECOND = 1_000_000
