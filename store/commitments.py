"""Salted commitments to what a reporter said: provable while it is kept, untraceable after.

The commitment is sha256 over a random salt and the canonical text of the person's fields. When
the fields go, the salt goes with them, and what is left cannot be guessed back.
"""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.value import canonical_json

SALT_BYTES = 32
FIELDS = (
    "reporter_name", "reporter_phone", "external_id", "source", "customer_id",
    "service_point_id", "address", "lon", "lat", "note",
)  # fmt: skip

State = Literal["holds", "broken", "forgotten", "none"]


@dataclass(frozen=True)
class Checked:
    """How a report's commitment stands; `none` was taken before there were any."""

    report_id: str
    state: State


def commit(report_id: str, fields: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return a new salt and the commitment to a report's fields under it."""
    salt = secrets.token_bytes(SALT_BYTES)
    return salt, under(salt, report_id, fields)


def under(salt: bytes, report_id: str, fields: Mapping[str, Any]) -> str:
    """Return the commitment to a report's fields under a salt, in hex."""
    told = {name: fields[name] for name in FIELDS} | {"report": report_id}
    return hashlib.sha256(salt + canonical_json(told).encode()).hexdigest()


_KEPT = text("""
SELECT id, salt, commitment, forgotten_at, reporter_name, reporter_phone, external_id, source,
    customer_id, service_point_id, address, ST_X(at) AS lon, ST_Y(at) AS lat, note
FROM reports WHERE CAST(:outage AS text) IS NULL OR outage_id = :outage ORDER BY id
""").execution_options(yield_per=1000)


def check(session: Session, outage_id: str | None = None) -> Iterator[Checked]:
    """Check the reports of an outage, or all of them, against their commitments."""
    for row in session.execute(_KEPT, {"outage": outage_id}):
        yield Checked(row.id, _state(row))


def _state(row: Any) -> State:
    if row.commitment is None:
        return "forgotten" if row.forgotten_at else "none"
    if row.salt is None:
        return "forgotten" if row.forgotten_at else "broken"
    holds = under(row.salt, row.id, row._mapping) == row.commitment
    return "holds" if holds else "broken"
