"""How people call what a plan speaks of, and by which clock its district lives."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

_ZONE = text("SELECT time_zone FROM districts WHERE id = :district")
_NUMBERS = text("SELECT id, number FROM outages WHERE id = ANY(:outages)")
_CREWS = text("SELECT id, name_en AS en, name_zh AS zh FROM crews WHERE id = ANY(:crews)")


@dataclass(frozen=True)
class PlanNames:
    """The number of each outage, the name of each crew, and the time zone of the district."""

    time_zone: str
    numbers: dict[str, int]
    crews: dict[str, str]


def of(
    session: Session, district: str, outages: Sequence[str], crews: Sequence[str], lang: str
) -> PlanNames:
    """Read the names of what a plan of a district speaks of; what is gone has none."""
    numbers = session.execute(_NUMBERS, {"outages": list(outages)})
    return PlanNames(
        time_zone=session.execute(_ZONE, {"district": district}).scalar_one_or_none() or "UTC",
        numbers={row.id: row.number for row in numbers},
        crews=of_crews(session, crews, lang),
    )


def of_crews(session: Session, crews: Collection[str], lang: str) -> dict[str, str]:
    """Return what crews are called, by id; one that is gone has no name."""
    both = crews_in_both(session, crews)
    return {crew: names["zh" if lang == "zh" else "en"] for crew, names in both.items()}


def crews_in_both(session: Session, crews: Collection[str]) -> dict[str, dict[str, str]]:
    """Return the names of crews in both languages."""
    rows = session.execute(_CREWS, {"crews": list(crews)})
    return {row.id: {"en": row.en, "zh": row.zh} for row in rows}
