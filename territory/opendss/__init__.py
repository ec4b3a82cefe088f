"""Feeders in the format of OpenDSS: the part of it that says what hangs on what, and where."""
