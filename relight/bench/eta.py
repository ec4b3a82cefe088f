"""How wrong a told arrival is: simulated crews against the road engine and straight lines."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from domain.kinds import AreaClass
from domain.measures import share as share_text
from domain.told import margin
from relight.bench.eta_legs import HOURS, STORM, Crews, Leg, ground_on, moment
from relight.bench.findings import Finding, Number, share
from relight.ground import SEED
from relight.packs import read_policy
from relight.settings import CODE
from roads.calibration import as_toml, calibrate
from roads.choosing import CALIBRATION, Roads, RoadsNow
from roads.conditions import Conditions
from roads.data import keep
from roads.drives import compare
from routing.plan_input import travel_model
from routing.travel import GeodesicTravel, Travel
from routing.travel_model import TravelModel
from territory.generate import generate

ZONE = "Asia/Shanghai"
POLICY = CODE / "policies" / "state_grid_ceiling.toml"
Told = dict[str, list[int]]


def measure() -> Finding:
    """Let crews drive the invented land, and hold what they were told against what it took."""
    with TemporaryDirectory(prefix="relight-bench-") as temporary:
        file = Path(temporary) / "land.osm.pbf"
        generate(SEED, file)
        return Finding("eta", rows_of(file, Path(temporary) / "roads"))


def rows_of(file: Path, roads_dir: Path) -> list[dict[str, Number]]:
    """Measure on one map file; a row is one way of telling for one group of legs."""
    data = keep(file, roads_dir)
    crews = Crews(ground_on(file), data.ways(), SEED)
    roads = Roads(roads_dir, zone=ZONE)
    policy = read_policy(POLICY)
    base = travel_model({policy.name: policy})
    legs = [*crews.usual(), *crews.closed(), *crews.storm()]
    straight = GeodesicTravel(base)
    told = {"geodesic": [straight.leg(leg.origin, leg.target)[0] for leg in legs]}
    teller = _Teller(roads, base, data.digest)
    told["roads"] = teller.told(legs)
    (roads_dir / CALIBRATION).write_text(_learned(crews, roads, data.digest), encoding="utf-8")
    told["roads_calibrated"] = teller.told(legs)
    longer = margin(policy.planning)
    told["told_quantile"] = [round(longer * each) for each in told["roads_calibrated"]]
    return [row for name, chosen in _groups() for row in _rows(name, chosen, legs, told)]


def _learned(crews: Crews, roads: Roads, land: str) -> str:
    """Return the calibration that `relight roads calibrate` makes of the drives before."""
    empty = roads.empty(land)
    if empty is None:  # the land was made a moment ago
        raise RuntimeError("no roads are driven")
    return as_toml(
        calibrate(compare((leg.drive(ZONE) for leg in crews.past()), empty, ZONE).observed)
    )


class _Teller:
    """Tells how long legs take by the roads as they are chosen and paced for a plan."""

    def __init__(self, roads: Roads, base: TravelModel, land: str) -> None:
        self._roads, self._base, self._land = roads, base, land

    def told(self, legs: Sequence[Leg]) -> list[int]:
        """Return whole seconds of each leg; legs of one state of the roads lie together."""
        seconds: list[int] = []
        state, travel = None, None
        for leg in legs:
            if travel is None or state != (leg.hour, leg.closed, leg.slow):
                state, travel = (leg.hour, leg.closed, leg.slow), self._travel(leg)
            seconds.append(travel.leg(leg.origin, leg.target)[0])
        return seconds

    def _travel(self, leg: Leg) -> Travel:
        slow = STORM if leg.slow else {}
        now = RoadsNow(land=self._land, conditions=Conditions(closed=leg.closed, slow=slow))
        return self._roads.travel_on(self._roads.model(self._base, now, moment(leg.hour, ZONE)))


Chosen = Callable[[Leg], bool]


def _groups() -> Iterator[tuple[str, Chosen]]:
    """Yield the groups of legs; the hours and the classes are those of usual roads."""

    def usual(leg: Leg) -> bool:
        return not leg.closed and not leg.slow

    def at(hour: int | None, area: AreaClass | None) -> Chosen:
        return lambda leg: usual(leg) and (leg.hour == hour or leg.target.area_class is area)

    yield "usual", usual
    for each in AreaClass:
        yield each.value, at(None, each)
    for hour in HOURS:
        yield f"{hour:02}:30", at(hour, None)
    yield "closed", lambda leg: bool(leg.closed)
    yield "storm", lambda leg: leg.slow


def _rows(
    name: str, chosen: Chosen, legs: Sequence[Leg], told: Told
) -> Iterator[dict[str, Number]]:
    """Yield a row for each way of telling, the baseline first."""
    rows = [number for number, leg in enumerate(legs) if chosen(leg)]
    baseline = 0.0
    for by, seconds in told.items() if rows else ():
        wrong = [seconds[row] - legs[row].took_s for row in rows]
        off = share([abs(each) / 60 for each in wrong], 50)
        baseline = baseline or off
        yield {
            "legs_of": name,
            "told_by": by,
            "legs": len(rows),
            "took_median_min": median(legs[row].took_s for row in rows) / 60,
            "error_p50_min": off,
            "error_p90_min": share([abs(each) / 60 for each in wrong], 90),
            "bias_min": sum(wrong) / len(wrong) / 60,
            "later_share": share_text(sum(each < 0 for each in wrong), len(wrong)),
            "error_ratio": off / baseline,
        }
