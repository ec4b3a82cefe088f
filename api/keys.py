"""Ids that clients choose so that a retry is harmless."""

from typing import Annotated

from fastapi import Header

IdempotencyKey = Annotated[
    str | None, Header(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")
]
"""A key that makes sending the same request again harmless."""
