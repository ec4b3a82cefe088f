"""Where idle crews should wait: against plain counting of every way."""

from itertools import combinations_with_replacement, permutations
from math import e
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.kinds import AreaClass
from routing.standby import Demand, Idle, Post, advise
from routing.travel import GeodesicTravel, Place
from routing.travel_model import TravelModel

TRAVEL = GeodesicTravel(TravelModel())
MINUTE = 60


def a_city(seed: int, demand: int = 12, posts: int = 4, crews: int = 3) -> tuple[
    list[Demand], list[Post], list[Idle]
]:  # fmt: skip
    chance = Random(seed)

    def at() -> tuple[float, float]:
        return 106.5 + chance.uniform(-0.2, 0.2), 29.5 + chance.uniform(-0.2, 0.2)

    def wanted() -> Demand:
        lon, lat = at()
        return Demand(
            lon=lon,
            lat=lat,
            area_class=chance.choice(list(AreaClass)),
            per_hour=chance.choice((0.1, 0.5, 2)),
            within_s=chance.choice((15, 30, 60)) * MINUTE,
        )

    return (
        [wanted() for _ in range(demand)],
        [Post(id=f"p{n}", lon=lon, lat=lat) for n in range(posts) for lon, lat in [at()]],
        [Idle(crew=f"c{n}", lon=lon, lat=lat) for n in range(crews) for lon, lat in [at()]],
    )


def share(demand: list[Demand], waiting: list[Post] | list[Idle], busy: float) -> float:
    """Count the expected share covered, order by order."""
    covered = 0.0
    for each in demand:
        target = Place(each.lon, each.lat, each.area_class)
        missed = 1.0
        for crew in waiting:
            seconds = int(TRAVEL.matrix([Place(crew.lon, crew.lat)], [target])[0][0, 0])
            missed *= busy if seconds <= each.within_s else 1
        covered += each.per_hour * (1 - missed)
    return covered / sum(each.per_hour for each in demand)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.05, 0.9))
def test_no_other_way_to_place_few_crews_covers_more(seed: int, busy: float) -> None:
    demand, posts, crews = a_city(seed)
    told = advise(demand, posts, crews, busy, TRAVEL)
    best = max(share(demand, list(w), busy) for w in combinations_with_replacement(posts, 3))
    at = {post.id: post for post in posts}

    assert told.every_way
    assert told.share_then == pytest.approx(best, abs=1e-4)
    assert share(demand, [at[w.post] for w in told.waits], busy) == pytest.approx(best, abs=1e-4)
    assert told.share_now == pytest.approx(share(demand, crews, busy), abs=1e-4)
    assert told.worth_moving == (best - share(demand, crews, busy) >= 0.01)
    assert told.best_possible >= told.share_then


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.05, 0.9))
def test_many_crews_are_placed_nearly_as_well(seed: int, busy: float) -> None:
    demand, posts, crews = a_city(seed, posts=6, crews=4)
    best = advise(demand, posts, crews, busy, TRAVEL).share_then
    quick = advise(demand, posts, crews, busy, TRAVEL, ways=0)

    assert not quick.every_way
    assert best * (1 - 1 / e) - 1e-4 <= quick.share_then <= best + 1e-4
    assert quick.share_then >= best - 0.01 or quick.share_then >= 0.97 * best


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_the_crews_drive_to_their_posts_as_little_as_can_be(seed: int) -> None:
    demand, posts, crews = a_city(seed)
    told = advise(demand, posts, crews, 0.3, TRAVEL)
    at = {post.id: Place(post.lon, post.lat) for post in posts}
    here = [Place(crew.lon, crew.lat) for crew in crews]
    least = min(
        sum(int(TRAVEL.matrix([a], [at[b]])[0][0, 0]) for a, b in zip(here, way, strict=True))
        for way in permutations([wait.post for wait in told.waits])
    )

    assert {wait.crew for wait in told.waits} == {crew.crew for crew in crews}
    assert sum(wait.drive_s for wait in told.waits) == least


def test_a_second_crew_at_a_busy_post_can_be_worth_more_than_a_lonely_one() -> None:
    centre = Demand(lon=106.5, lat=29.5, area_class="urban", per_hour=10, within_s=1800)
    far = Demand(lon=107.5, lat=29.5, area_class="urban", per_hour=0.1, within_s=1800)
    posts = [Post(id="centre", lon=106.5, lat=29.5), Post(id="far", lon=107.5, lat=29.5)]
    crews = [Idle(crew="a", lon=106.5, lat=29.5), Idle(crew="b", lon=107.5, lat=29.5)]
    busy = advise([centre, far], posts, crews, 0.5, TRAVEL)
    calm = advise([centre, far], posts, crews, 0.001, TRAVEL)

    assert [wait.post for wait in busy.waits] == ["centre", "centre"]
    assert sorted(wait.post for wait in calm.waits) == ["centre", "far"]
    assert not calm.worth_moving


def test_without_crews_posts_or_demand_there_is_nothing_to_advise() -> None:
    demand, posts, crews = a_city(1)

    assert advise([], posts, crews, 0.3, TRAVEL).waits == ()
    assert advise(demand, [], crews, 0.3, TRAVEL).waits == ()
    assert advise(demand, posts, [], 0.3, TRAVEL).waits == ()
    assert advise(demand, [], crews, 0.3, TRAVEL).share_now > 0
