"""Whether a board should look again after something happened to an outage."""

from domain.events import BOARD_MATTERS
from domain.outage import Outage


def stirs(before: Outage, after: Outage, kind: str) -> bool:
    """Tell whether a happening of this kind, which led from one state to the other, matters.

    One caller more who says what is known already changes no plan. Nor does a rung: it says that
    time has passed, which no plan is made from, and by the clock a board looks in any case. In a
    storm three stirs in four would be rungs.
    """
    if kind == "rung_climbed":
        return False
    if kind != "reports_taken":
        return kind in BOARD_MATTERS
    return _weight(before) != _weight(after)


def _weight(outage: Outage) -> tuple[object, ...]:
    """Return what reports can change of an outage's place in a plan."""
    return (
        outage.clock_start,
        outage.hazards,
        outage.cleared_hazards,
        outage.life_support,
        outage.key_class,
        outage.customers_off,
    )
