"""The cache of pairs: only what is new is asked, and nothing is asked of the wrong roads."""

from collections.abc import Sequence

import numpy as np
import pytest

from roads.cache import Pairs
from roads.engine import Drive, Engine, Table
from routing.travel import Place
from tests.roads.conftest import Engines
from tests.roads.streets import spot


class Listening:
    """Passes questions on to an engine and writes down their size."""

    name = "listening"

    def __init__(self, engine: Engine) -> None:
        self._engine, self.asked = engine, list[tuple[int, int]]()
        self.version, self.exact = engine.version, engine.exact

    def table(self, origins: Sequence[Place], targets: Sequence[Place]) -> Table:
        self.asked.append((len(origins), len(targets)))
        return self._engine.table(origins, targets)

    def drive(self, origin: Place, target: Place) -> Drive | None:
        return self._engine.drive(origin, target)


@pytest.fixture
def listening(engines: Engines) -> Listening:
    return Listening(engines.build("graph"))


def town(count: int) -> list[Place]:
    return [spot(number % 5 + 0.1, number // 5 + 0.2) for number in range(count)]


def test_what_was_asked_before_is_not_asked_again(listening: Listening) -> None:
    pairs = Pairs(listening)
    first = pairs.table(town(12), town(12))
    again = pairs.table(town(12)[::-1], town(12)[3:7])

    assert listening.asked == [(12, 12)]
    assert np.array_equal(again.ms, first.ms[::-1, 3:7])
    assert np.array_equal(again.off_targets, first.off_targets[3:7])


def test_one_new_place_costs_one_row_and_one_column(listening: Listening) -> None:
    pairs = Pairs(listening)
    pairs.table(town(12), town(12))
    listening.asked.clear()
    told = pairs.table(town(13), town(13))

    assert listening.asked == [(1, 13), (12, 1)]
    assert np.array_equal(told.ms, listening.table(town(13), town(13)).ms)


def test_what_a_matrix_holds_is_not_asked_for_a_leg(listening: Listening) -> None:
    pairs = Pairs(listening)
    pairs.table(town(4), town(4))
    pairs.leg(town(4)[0], town(4)[3])

    assert listening.asked == [(4, 4)]


def test_memory_is_bounded_and_answers_stay_right(listening: Listening) -> None:
    pairs, truth = Pairs(listening, places_kept=8), listening.table(town(25), town(25)).ms
    for start in (0, 5, 10, 15, 3, 0, 17):
        part = slice(start, start + 8)
        assert np.array_equal(pairs.table(town(25)[part], town(25)[part]).ms, truth[part, part])
    assert pairs._ms.shape == (8, 8)

    listening.asked.clear()
    assert np.array_equal(pairs.table(town(25), town(25)).ms, truth)
    assert listening.asked == [(25, 25)]


def test_the_same_place_twice_is_one_place(listening: Listening) -> None:
    twice = [spot(1, 1), spot(1, 1), spot(2, 2)]
    told = Pairs(listening).table(twice, twice)

    assert np.array_equal(told.ms[0], told.ms[1])
    assert told.ms[0, 2] > 0
