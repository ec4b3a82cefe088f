"""Measurements: each a command of its own, on a private installation with the disk awaited."""
