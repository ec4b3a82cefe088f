"""Idle crews wait where routing advises it, and only what was really driven counts."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from domain.kinds import AreaClass
from sim.chance.people import Luck
from sim.field.crews import Crew, Job, Leg, Streets
from sim.future import Future
from sim.ground import Ground, Home, Spot, Transformer
from sim.house.standby import Standby
from sim.rolling import Load, live, rolling
from tests.domain.builders import policy_named
from tests.sim.towns import FIRST, teams

POLICY = policy_named("state_grid_ceiling")
WEST, EAST = (106.0, 29.56), (106.5, 29.56)
NOW = datetime(2007, 7, 2, 1, tzinfo=UTC)


def two_towns(crews: int = 6, east: int = 3) -> Ground:
    """Two towns of as many homes, some fifty kilometres apart; so many crews are of the east."""
    homes, transformers = [], []
    for side, (lon, lat) in (("w", WEST), ("e", EAST)):
        for number in range(8):
            name, at = f"{side}{number}", (lon, lat + 0.005 * number)
            transformers.append(Transformer(name, f"s-{name}", at))
            homes += [Home(at, name, AreaClass.URBAN) for _ in range(12)]
    crewed = tuple(
        team._replace(at=EAST if number < east else WEST)
        for number, team in enumerate(teams(crews))
    )
    return Ground("jp", "Asia/Shanghai", tuple(homes), tuple(transformers), crewed)


class KnownRoads:
    """Roads on which every drive takes an hour."""

    version = "known"

    def leg(self, origin: object, target: object) -> tuple[int, int]:
        """Return an hour and forty kilometres."""
        return 3600, 40_000


def a_crew(future: Future) -> Crew:
    """A crew in the west that drives exactly as long as is foreseen."""
    luck = Luck(1)
    luck.drive = lambda crew, order, estimate, *, storm: estimate  # type: ignore[method-assign]
    streets = Streets(KnownRoads(), luck, lambda now: False)  # type: ignore[arg-type]
    (team,), still = teams(1), Leg(WEST, WEST, future.now, future.now)
    return Crew(team, streets, future, None, still, keep_drives=True)  # type: ignore[arg-type]


def test_of_two_idle_crews_in_one_town_one_is_sent_to_the_other() -> None:
    sent = Standby(two_towns(), POLICY).waits([("a", WEST), ("b", WEST)], on_duty=4)

    assert list(sent.values()) == [EAST]


def test_idle_crews_that_cover_both_towns_stay_where_they_are() -> None:
    advised = Standby(two_towns(), POLICY)

    assert advised.waits([("a", WEST), ("b", EAST)], on_duty=4) == {}
    assert advised.waits([], on_duty=4) == {}


def test_a_crew_with_work_hears_nothing_of_where_to_wait() -> None:
    crew = a_crew(Future(NOW))
    job: Job = SimpleNamespace(name="one")  # type: ignore[assignment]

    crew.serving = job
    crew.wait_at(EAST)
    crew.serving, crew.jobs = None, [job]
    crew.wait_at(EAST)

    assert crew.drives == []


def test_of_a_drive_that_was_broken_off_only_what_was_driven_counts() -> None:
    future = Future(NOW)
    crew = a_crew(future)
    crew.wait_at(EAST)
    future.at(NOW + timedelta(minutes=15), lambda: crew.wait_at(WEST))
    future.run(NOW + timedelta(hours=3))

    driven = [(leg.arrives - leg.departs) / timedelta(minutes=1) for leg in crew.drives]
    assert driven == [15, 60]
    assert near(crew.drives[1].origin, (106.125, 29.56))


def near(one: Spot, other: Spot) -> bool:
    """Tell whether two places are the same but for rounding."""
    return all(abs(mine - its) < 1e-9 for mine, its in zip(one, other, strict=True))


def test_on_a_rolling_day_crews_that_are_told_where_to_wait_come_sooner() -> None:
    lopsided, load = two_towns(6, east=1), Load("a few", 12, 6, 4.0)

    in_place = live(rolling(lopsided, POLICY, load, 5, FIRST), "first_come")
    told = live(rolling(lopsided, POLICY, load, 5, FIRST, standby=True), "first_come")

    assert told.on_time > in_place.on_time
    assert told.cost < in_place.cost
