"""Pairs of places an engine was asked about before: only what is new is asked again.

One cache per engine, and an engine per version of road data and conditions, so nothing in it can
be out of date. It lives in the process that plans, is bounded, and is never sent anywhere.
"""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import numpy as np

from roads.engine import Engine, Table
from routing.travel import Place, Whole

PLACES_KEPT = 2000
LEGS_KEPT = 50_000
UNKNOWN = -2

Key = tuple[float, float]
Leg = tuple[int, int, float, float]


def key_of(place: Place) -> Key:
    """Return what counts as one place: a tenth of a metre apart is the same."""
    return round(place.lon, 6), round(place.lat, 6)


class Pairs:
    """Remembers pairs; a new place costs one row and one column of questions."""

    def __init__(self, engine: Engine, places_kept: int = PLACES_KEPT) -> None:
        """Ask one engine; keep at most the square of `places_kept` pairs."""
        self.engine = engine
        self._kept, self._lock = places_kept, Lock()
        self._slots: OrderedDict[Key, int] = OrderedDict()
        self._ms = np.full((0, 0), UNKNOWN, dtype=np.int32)
        self._dm = np.full((0, 0), UNKNOWN, dtype=np.int32)
        self._off = np.zeros(0)
        self._legs: OrderedDict[tuple[Key, Key], Leg] = OrderedDict()

    def table(self, origins: Sequence[Place], targets: Sequence[Place]) -> Table:
        """Return every pair, asking the engine only for those not known."""
        keys = dict.fromkeys(key_of(at) for at in (*origins, *targets))
        if len(keys) > self._kept:
            return self.engine.table(rounded(origins), rounded(targets))
        with self._lock:
            self._make_room(keys)
            rows = np.array([self._slots[key_of(at)] for at in origins], dtype=np.int64)
            columns = np.array([self._slots[key_of(at)] for at in targets], dtype=np.int64)
            self._learn(rows, columns, origins, targets)
            pairs = np.ix_(rows, columns)
            return Table(
                self._ms[pairs].astype(np.int64), self._dm[pairs].astype(np.int64),
                self._off[rows], self._off[columns],
            )  # fmt: skip

    def leg(self, origin: Place, target: Place) -> Leg:
        """Return milliseconds, decimetres and both metres off the road of one pair.

        It is the pair asked alone unless the engine answers the same either way, so that what is
        told does not depend on what was asked before.
        """
        pair = key_of(origin), key_of(target)
        if pair not in self._legs:
            ask = self.table if self.engine.exact else self.engine.table
            told = ask(rounded([origin]), rounded([target]))
            self._legs[pair] = (
                int(told.ms[0, 0]), int(told.dm[0, 0]),
                float(told.off_origins[0]), float(told.off_targets[0]),
            )  # fmt: skip
            while len(self._legs) > LEGS_KEPT:
                self._legs.popitem(last=False)
        return self._legs[pair]

    def _learn(
        self, rows: Whole, columns: Whole, origins: Sequence[Place], targets: Sequence[Place]
    ) -> None:
        """Ask for rows of which most is unknown, then for the columns that still have gaps."""
        if not len(rows) or not len(columns):
            return
        missing = self._ms[np.ix_(rows, columns)] == UNKNOWN
        new = np.flatnonzero(missing.mean(axis=1) > 0.5)
        if len(new):
            self._ask(rows[new], columns, _chosen(origins, new), targets)
        missing = self._ms[np.ix_(rows, columns)] == UNKNOWN
        some_rows, some_columns = (
            np.flatnonzero(missing.any(axis=1)),
            np.flatnonzero(missing.any(0)),
        )
        if len(some_columns):
            self._ask(
                rows[some_rows], columns[some_columns],
                _chosen(origins, some_rows), _chosen(targets, some_columns),
            )  # fmt: skip

    def _ask(
        self, rows: Whole, columns: Whole, origins: Sequence[Place], targets: Sequence[Place]
    ) -> None:
        told = self.engine.table(rounded(origins), rounded(targets))
        self._ms[np.ix_(rows, columns)] = told.ms
        self._dm[np.ix_(rows, columns)] = told.dm
        self._off[rows], self._off[columns] = told.off_origins, told.off_targets

    def _make_room(self, keys: dict[Key, None]) -> None:
        """Give each place a slot; the places not asked for longest give theirs up."""
        for key in keys:
            if key in self._slots:
                self._slots.move_to_end(key)
        for key in keys:
            if key in self._slots:
                continue
            if len(self._slots) < self._kept:
                slot = len(self._slots)
                self._grow(slot + 1)
            else:
                _, slot = self._slots.popitem(last=False)
                self._ms[slot, :] = self._ms[:, slot] = UNKNOWN
            self._slots[key] = slot

    def _grow(self, size: int) -> None:
        if size <= len(self._off):
            return
        room = min(max(size, 2 * len(self._off), 64), self._kept)
        for name in ("_ms", "_dm"):
            wider = np.full((room, room), UNKNOWN, dtype=np.int32)
            narrow = getattr(self, name)
            wider[: len(narrow), : len(narrow)] = narrow
            setattr(self, name, wider)
        self._off = np.concatenate([self._off, np.zeros(room - len(self._off))])


def _chosen(places: Sequence[Place], numbers: Whole) -> list[Place]:
    return [places[each] for each in numbers.tolist()]


def rounded(places: Sequence[Place]) -> list[Place]:
    """Return the places as the cache knows them, so that an answer is that of its key."""
    return [Place(*key_of(at), at.area_class) for at in places]
