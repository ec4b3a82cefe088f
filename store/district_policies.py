"""Which policy new outages of a district get, and who changed that, when and why."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from domain.errors import Refused
from store.tables.territory import DistrictRow
from store.tables.work import PolicyChoiceRow, PolicyRow


@dataclass(frozen=True)
class Change:
    """One choice: a policy by hash, or None to follow the installation's setting."""

    number: int
    policy_hash: str | None
    name: str | None
    version: str | None
    by: str
    reason: str
    at: datetime


def chosen(session: Session, district: str, *, to_write: bool = False) -> str | None:
    """Return the hash of a district's own policy; None where it follows the setting.

    `to_write` holds the row until the transaction ends. Raises Refused district_unknown.
    """
    query = select(DistrictRow.id, DistrictRow.policy_hash).where(DistrictRow.id == district)
    row = session.execute(query.with_for_update() if to_write else query).one_or_none()
    if row is None:
        raise Refused("district_unknown", district=district)
    return row.policy_hash


_CHANGES = (
    select(
        PolicyChoiceRow.number,
        PolicyChoiceRow.policy_hash,
        PolicyRow.name,
        PolicyRow.version,
        PolicyChoiceRow.subject.label("by"),
        PolicyChoiceRow.reason,
        PolicyChoiceRow.at,
    )
    .join(PolicyRow, PolicyRow.hash == PolicyChoiceRow.policy_hash, isouter=True)
    .order_by(PolicyChoiceRow.number.desc())
)


def changes(
    session: Session, district: str, *, before: int | None = None, limit: int = 1
) -> list[Change]:
    """List the choices of a district, the latest first."""
    query = _CHANGES.where(PolicyChoiceRow.district_id == district).limit(limit)
    if before is not None:
        query = query.where(PolicyChoiceRow.number < before)
    return [Change(**row._mapping) for row in session.execute(query)]


def choose(
    session: Session,
    district: str,
    policy_hash: str | None,
    *,
    by: str,
    reason: str,
    now: datetime,
) -> None:
    """Choose a stored policy for new outages; open ones keep theirs."""
    session.execute(
        update(DistrictRow).where(DistrictRow.id == district).values(policy_hash=policy_hash)
    )
    values = {"district_id": district, "policy_hash": policy_hash, "subject": by}
    session.execute(insert(PolicyChoiceRow).values(**values, reason=reason, at=now))


_IN_USE = text("SELECT id, policy_hash FROM districts WHERE policy_hash IS NOT NULL ORDER BY id")


def in_use(session: Session) -> dict[str, str]:
    """Return the hash each district with a choice of its own has chosen."""
    return {row.id: row.policy_hash for row in session.execute(_IN_USE)}
