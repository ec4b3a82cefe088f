"""Drives that were made beside what road data tell of them: what a calibration learns from."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.kinds import AreaClass
from roads.calibration import Observed
from roads.travel import Mark, RoadTravel
from routing.travel import Place
from store.drives import Drive

LEAST_S, MOST_S = 60, 4 * 3600


class Unfit(StrEnum):
    """Why a drive teaches nothing."""

    SHORT = "short"
    LONG = "long"
    OFF_ROAD = "off_road"


class Compared(NamedTuple):
    """Drives with what was told of them, and how many were left out for which reason."""

    observed: Sequence[Observed]
    left_out: Counter[Unfit]


def compare(drives: Iterable[Drive], travel: RoadTravel, zone: str) -> Compared:
    """Ask the roads about every drive; the hour is that of its beginning, in a zone."""
    here, observed, left_out = ZoneInfo(zone), [], Counter[Unfit]()
    for each in drives:
        area = AreaClass(each.area_class)
        origin = Place(each.origin.lon, each.origin.lat)
        target = Place(each.target.lon, each.target.lat, area)
        took_s = (each.ended_at - each.began_at).total_seconds()
        told_s, _ = travel.leg(origin, target)
        if (why := _unfit(took_s, told_s, travel.mark(origin, target))) is not None:
            left_out[why] += 1
            continue
        hour = each.began_at.astimezone(here).hour
        observed.append(Observed(area, hour, told_s, took_s))
    return Compared(observed, left_out)


def _unfit(took_s: float, told_s: float, mark: Mark) -> Unfit | None:
    if mark is not Mark.ROAD:
        return Unfit.OFF_ROAD
    if min(took_s, told_s) < LEAST_S:
        return Unfit.SHORT
    return Unfit.LONG if took_s > MOST_S else None
