"""What holds on the roads of an installation at one moment, read from its database."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from domain.kinds import AreaClass
from roads.choosing import RoadsNow
from roads.conditions import Conditions
from store import closures
from store.closures import Closure


def read_now(session: Session, at: datetime) -> RoadsNow:
    """Return the land and what is closed or slow; of several that slow the same, the slowest."""
    return RoadsNow(
        land=closures.land_digest(session),
        conditions=conditions_of(found := closures.in_force(session, at)),
        pace={
            AreaClass(area): share
            for area, share in _least((each.area_class, each.share) for each in found).items()
        },
    )


def conditions_of(found: Iterable[Closure]) -> Conditions:
    """Return closed ways and slow kinds of road, in one order."""
    told = list(found)
    closed = {street for each in told if each.streets for street in each.streets}
    slow = _least((each.kind, each.share) for each in told)
    return Conditions(closed=tuple(sorted(closed)), slow=slow)


def _least(shares: Iterable[tuple[str | None, float]]) -> dict[str, float]:
    least: dict[str, float] = {}
    for name, share in shares:
        if name is not None:
            least[name] = min(share, least.get(name, share))
    return dict(sorted(least.items()))
