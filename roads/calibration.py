"""How much slower than the road data say crews really drive, by area class and hour of day."""

import tomllib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Annotated, NamedTuple

from pydantic import Field, ValidationError

from domain.errors import Refused
from domain.kinds import AreaClass
from domain.value import Value

LEAST_DRIVES = 20
LEAST, MOST = 0.2, 5.0
DAY = 24
Factor = Annotated[float, Field(ge=LEAST, le=MOST, allow_inf_nan=False)]
Hours = Annotated[tuple[Factor, ...], Field(min_length=DAY, max_length=DAY)]


class Observed(NamedTuple):
    """A drive that was made: where it went, the hour it began, and what was told of it."""

    area_class: AreaClass
    hour: int
    told_s: float
    took_s: float


class Calibration(Value):
    """Factors of durations, 24 to an area class; a class that is not named counts as 1."""

    factors: dict[AreaClass, Hours] = Field(default_factory=dict)

    def pace(self, hour: int) -> dict[AreaClass, float]:
        """Return the factors of one hour."""
        return {area: hours[hour] for area, hours in self.factors.items()}


def calibrate(drives: Iterable[Observed]) -> Calibration:
    """Return the median of took / told by class and hour.

    An hour with fewer than 20 drives has the median of its class, a class with fewer has none.
    """
    by_hour: dict[tuple[AreaClass, int], list[float]] = defaultdict(list)
    by_class: dict[AreaClass, list[float]] = defaultdict(list)
    for each in drives:
        if each.told_s > 0 and each.took_s > 0:
            ratio = each.took_s / each.told_s
            by_hour[each.area_class, each.hour].append(ratio)
            by_class[each.area_class].append(ratio)
    return Calibration(
        factors={
            area: tuple(
                _factor(
                    by_hour[area, hour] if len(by_hour[area, hour]) >= LEAST_DRIVES else all_day
                )
                for hour in range(DAY)
            )
            for area, all_day in sorted(by_class.items())
            if len(all_day) >= LEAST_DRIVES
        }
    )


def _factor(ratios: list[float]) -> float:
    return round(min(max(median(ratios), LEAST), MOST), 3)


def read_calibration(file: Path) -> Calibration:
    """Read a calibration file; without one nothing is calibrated."""
    if not file.is_file():
        return Calibration()
    try:
        return Calibration.model_validate({"factors": tomllib.loads(file.read_text("utf-8"))})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        problem = f"{where}: {first['msg']}"
        raise Refused("calibration_invalid", file=file.name, problem=problem) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused("calibration_invalid", file=file.name, problem=str(error)) from error


def as_toml(calibration: Calibration) -> str:
    """Return the text of a calibration file."""
    lines = ["# Durations by road data are multiplied by these, one for each hour from 0 to 23."]
    for area, hours in sorted(calibration.factors.items()):
        lines.append(f"{area.value} = [{', '.join(f'{hour:g}' for hour in hours)}]")
    return "\n".join(lines) + "\n"
