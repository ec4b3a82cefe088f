"""Rehearsal: recorded or invented days without servers."""
