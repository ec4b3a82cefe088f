"""How often, how long and how many: the numbers behind the noise, each with where it is from.

SRC is read at a source that docs/sim.md names, PROPOSED is our own and nobody's measurement.
"""

from typing import Literal

from domain.kinds import AreaClass

Storm = Literal["light", "heavy", "extreme"]

REPAIRS_A_YEAR = 16_629
"""Repairs of Chongqing in 2007 (SRC); about 46 a day."""

ON_TIME_2007 = 16_604
"""Of these, crews were on site on time: 99.85 % (SRC)."""

SATISFIED_2007 = "99.82 %"
"""Callers satisfied when called back in 2007 (SRC)."""

# PROPOSED: a city with a summer load peak and summer thunderstorms.
MONTHS = (0.85, 0.80, 0.85, 0.90, 1.00, 1.15, 1.40, 1.40, 1.10, 0.85, 0.80, 0.90)
# PROPOSED: people find their light off when they are awake and use it, most in the evening.
HOURS = (0.45, 0.35, 0.30, 0.28, 0.30, 0.45, 0.70, 1.00, 1.20, 1.25, 1.20, 1.20,
         1.15, 1.10, 1.10, 1.10, 1.15, 1.25, 1.45, 1.60, 1.55, 1.30, 1.00, 0.70)  # fmt: skip
DAY_SPREAD = 0.25
"""PROPOSED: days of one month differ by this much (sigma of a logarithm), storms apart."""

STORM_TIMES: dict[Storm, float] = {"light": 3.0, "heavy": 8.0, "extreme": 28.0}
"""Faults of a storm day by those of a usual one: 8 is where Great Britain's category 1 begins
(SRC), 28 the worst day of British Columbia's 2024 by its median day (SRC), 3 is PROPOSED."""

STORMS_A_YEAR: tuple[Storm, ...] = ("light", "light", "heavy")
"""PROPOSED: two to three major event days are expected a year by IEEE 1366's rule of thumb."""

STORM_MONTHS = (5, 6, 7, 8)
STORM_HOUR, STORM_HOURS_SPREAD = 17.0, 3.0
STORM_SLOWER = 1.3
"""PROPOSED: the roads of a storm day take so much longer than the road engine knows."""

# PROPOSED: what fails, quietly and in a storm: one home, one building, a transformer, a section.
Level = Literal["home", "building", "transformer", "section"]
LEVELS: dict[Level, tuple[float, float]] = {
    "home": (0.55, 0.30), "building": (0.27, 0.25), "transformer": (0.13, 0.30),
    "section": (0.05, 0.15),
}  # fmt: skip
BUILDING_HOMES = 12

# Medians and spreads (sigma of a logarithm) of minutes from arrival to restoration. The means they
# give are 44 and 68 minutes: Binzhou, new year 2014 (SRC). Remote is taken as rural, PROPOSED.
WORK_MEDIAN_MIN: dict[AreaClass, float] = {
    AreaClass.URBAN: 33.0, AreaClass.RURAL: 51.0, AreaClass.REMOTE: 51.0,
}  # fmt: skip
WORK_SPREAD = 0.75
WORK_FROM_MIN, WORK_TO_MIN = 4.0, 360.0
NOTHING_FOUND_MIN = 6.0

# PROPOSED: driving takes this much of what the road engine says, at the median, and spreads.
DRIVE_MEDIAN, DRIVE_SPREAD, DRIVE_AT_LEAST = 1.0, 0.18, 0.7

# PROPOSED, as in the drill: who calls, and what they say.
CALLERS_AT_MOST, CALLERS_SPREAD = 8, 0.7
SHARE_HAZARD, SHARE_HAZARD_IN_STORM = 0.012, 0.03
SHARE_SAYS_LIFE_SUPPORT = 0.3
SHARE_NESTED = 0.01
SCOPES = (("home", 6), ("floor", 1), ("building", 2), ("area", 1))
PLACES = (("service_point", 70), ("address", 15), ("point", 15))
POINT_OFF_DEG = 0.0003

# PROPOSED, as in the drill: crews. They leave within five minutes of the order: Fujian 2012 (SRC).
SHARE_REFUSED, SHARE_HELD, SHARE_SECOND_FAULT, SHARE_PARTLY = 0.01, 0.02, 0.01, 0.2
TAKEN_AFTER_MIN, LEAVES_AFTER_MIN = (0.2, 0.8), (0.5, 4.0)
LOOKS_FOR_MIN, SAFE_AFTER_MIN, HELD_FOR_MIN = (1.0, 4.0), (4.0, 12.0), (5.0, 20.0)

# PROPOSED: the callback desk hears nobody, or somebody content or not.
SHARE_UNANSWERED = 0.08
SHARE_SATISFIED_ON_TIME, SHARE_SATISFIED_LATE = 0.998, 0.80
