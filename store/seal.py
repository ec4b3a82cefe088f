"""Sealing an outage: the one moment at which its membership is settled for good."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, text

from domain.errors import Refused
from store import locks, places, policies

_OUTAGE = text("""
SELECT id, feeder_id, ST_X(at) AS lon, ST_Y(at) AS lat, policy_hash, sealed_at,
       report_watermark, report_count
FROM outages WHERE id = :outage
""")
_HELD = text(_OUTAGE.text + " FOR UPDATE")
_NO_OUTCOME = text("SELECT count(*) FROM reports WHERE outage_id = :outage AND outcome IS NULL")
_SEAL = text("UPDATE outages SET sealed_at = :now WHERE id = :outage")
_UNSEAL = text("UPDATE outages SET sealed_at = NULL WHERE id = :outage AND closed_at IS NULL")


@dataclass(frozen=True)
class Sealed:
    """The outage takes no more reports."""

    outage_id: str
    sealed_at: datetime
    reports: int


@dataclass(frozen=True)
class Missing:
    """What stands against sealing: reports without an outcome, and reports not yet heard of."""

    outage_id: str
    reports: int
    watermark: int
    heard: int


def try_seal(engine: Engine, outage_id: str, now: datetime, *, heard: int) -> Sealed | Missing:
    """Seal an outage when every member report has an outcome and the workflow knows them all.

    `heard` is the watermark up to which the workflow has taken reports in. That a signal was
    delivered does not count: until it is taken in, a danger it tells of has no crew. Owns one
    transaction, under the grouping locks of the outage's place; sealing twice is harmless.
    """
    with engine.begin() as connection:
        row = connection.execute(_OUTAGE, {"outage": outage_id}).one_or_none()
        if row is None:
            raise Refused("outage_unknown", outage=outage_id)
        distance_m = policies.pinned(connection, row.policy_hash).grouping.distance_m
        locks.take(connection, places.locks_of_outage(connection, row, distance_m))
        row = connection.execute(_HELD, {"outage": outage_id}).one()
        if row.sealed_at is not None:
            return Sealed(outage_id, row.sealed_at, row.report_count)
        missing = connection.scalar(_NO_OUTCOME, {"outage": outage_id}) or 0
        if missing or row.report_watermark > heard:
            return Missing(outage_id, missing, row.report_watermark, heard)
        connection.execute(_SEAL, {"outage": outage_id, "now": now})
        return Sealed(outage_id, now, row.report_count)


def unseal(engine: Engine, outage_id: str) -> None:
    """Take the seal off an outage that could not close after all; a closed one keeps it."""
    with engine.begin() as connection:
        connection.execute(_UNSEAL, {"outage": outage_id})
