"""Visits as they are walked in whole microseconds, and crews that wait for each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from routing.breaks import Due, begins
from routing.pricing import Tariff
from routing.snapshot import Task

MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000


class Limits(NamedTuple):
    """The latest start and finish, where a rule of the clock sets them."""

    start: int
    finish: int


class Step(NamedTuple):
    """One visit as it is walked; `fixed` work neither moves nor waits.

    `floor` is when release, lock and other crews let it start, `after` what it waits for, `meets`
    what begins with it on other crews. A break waits for what is `hurried`.
    """

    name: str
    drive: int
    start: int
    finish: int
    earliest: int
    floor: int
    after: tuple[str, ...]
    work: int
    rates: Tariff
    limits: Limits | None
    fixed: bool
    meets: tuple[str, ...] = ()
    hurried: bool = False


class Leg(NamedTuple):
    """Seconds to a task from the place before, and from it to the place behind, if any."""

    into: int
    onward: int


@dataclass(frozen=True)
class Guest:
    """The task that is tried, as it is walked."""

    task: Task
    rates: Tariff
    earliest: int
    floor: int
    work: int
    after: tuple[str, ...]
    followed: bool
    meets: tuple[str, ...]


def passed(limits: Limits | None, start: int, work: int) -> bool:
    """Tell whether the clock forbids this start."""
    return limits is not None and (start > limits.start or start + work > limits.finish)


Orders = Mapping[str, Sequence[Step]]


class Joined:
    """Routes walked together, as far as one changed route reaches the others."""

    def __init__(
        self,
        steps: Orders,
        ready: Mapping[str, int],
        followers: Mapping[str, Sequence[str]],
        due: Mapping[str, Due],
        *,
        circular: bool,
    ) -> None:
        self._steps, self._ready, self._followers, self._due = steps, ready, followers, due
        self._owner = {step.name: crew for crew, mine in steps.items() for step in mine}
        self._finish = {step.name: step.finish for mine in steps.values() for step in mine}
        self._circular = circular

    def starts(self, crew: str, trial: Sequence[Step], guest: str) -> dict[str, int] | None:
        """Return when everything on the reached routes starts, or None when it never could."""
        orders = {**self._steps} if self._circular else {}
        orders[crew] = trial
        while True:
            orders.update({each: self._steps[each] for each in self._meeting(orders)})
            walk = _Walk(orders, self._ready, self._finish, self._due)
            if not walk.through(self._links(orders, guest), circular=self._circular):
                return None
            moved = [name for name, at in walk.finished.items() if self._finish.get(name) != at]
            followers = {each for name in moved for each in self._followers.get(name, ())}
            waiting = {self._owner[each] for each in followers if each in self._owner}
            if waiting <= orders.keys():
                return walk.starts
            orders.update({each: self._steps[each] for each in waiting - orders.keys()})

    def _meeting(self, orders: Orders) -> set[str]:
        """Return the crews that meet those of these orders, directly or through others."""
        met, fresh = set(orders), set(orders)
        while fresh:
            wanted = {
                each
                for crew in fresh
                for step in orders.get(crew, self._steps[crew])
                for each in step.meets
            }
            fresh = {self._owner[each] for each in wanted if each in self._owner} - met
            met |= fresh
        return met - orders.keys()

    def _links(self, orders: Orders, guest: str) -> dict[str, tuple[str, ...]]:
        """Return what each step waits for, the task that is tried included."""
        late = set(self._followers.get(guest, ()))
        return {
            step.name: (*step.after, guest) if step.name in late else step.after
            for mine in orders.values()
            for step in mine
        }


class _Walk:
    """Some crews walking at the same time, while the others finish when they did."""

    def __init__(
        self,
        orders: Orders,
        ready: Mapping[str, int],
        usual: Mapping[str, int],
        due: Mapping[str, Due],
    ) -> None:
        self._orders, self._due = orders, dict(due)
        self._ready, self._usual = ready, usual
        self._free = {crew: ready[crew] for crew in orders}
        self._place = dict.fromkeys(orders, 0)
        self._mine = {step.name for mine in orders.values() for step in mine}
        self.starts: dict[str, int] = {}
        self.finished: dict[str, int] = {}
        self._could_begin: dict[str, int] = {}
        self._alone = False

    def through(self, links: Mapping[str, tuple[str, ...]], *, circular: bool) -> bool:
        """Walk all routes to their end; in a circle give up, or let nobody wait any more."""
        pending = [crew for crew, mine in self._orders.items() if mine]
        while pending:
            known = len(self._could_begin)
            moved = [self._advance(crew, links) for crew in pending]
            moved.append(len(self._could_begin) > known)
            pending = [crew for crew in pending if self._place[crew] < len(self._orders[crew])]
            if pending and not any(moved):
                if not circular:
                    return False
                links, self._alone = {}, True
        return True

    def _advance(self, crew: str, links: Mapping[str, tuple[str, ...]]) -> bool:
        begun = self._place[crew]
        for step in self._orders[crew][begun:]:
            after = links.get(step.name, ())
            if step.fixed:
                start, finish = step.start, step.finish
            elif any(each in self._mine and each not in self.finished for each in after):
                break
            else:
                done = (self.finished.get(each, self._usual.get(each, 0)) for each in after)
                start = self._begins(crew, step, max([step.earliest, *done]))
                finish = start + step.work
            self._could_begin[step.name] = start
            if step.meets and not step.fixed:
                partners = self._partners(crew, step)
                if any(each not in self._could_begin for each in partners):
                    break
                start = max([start, *(self._could_begin[each] for each in partners)])
                finish = start + step.work
            due = None if step.fixed else self._due.get(crew)
            if due is not None and due.had(self._free[crew], start - step.drive):
                del self._due[crew]
            self.starts[step.name], self.finished[step.name] = start, finish
            self._free[crew] = max(finish, self._ready[crew])
            self._place[crew] += 1
        return self._place[crew] > begun

    def _begins(self, crew: str, step: Step, floor: int) -> int:
        """Return when a crew could begin, its break before it if that must be."""
        due, free = self._due.get(crew), self._free[crew]
        if due is None:
            return max(free + step.drive, floor)
        begun: int = begins(due, free, step.drive, floor, step.work, hurried=step.hurried)
        return begun

    def _partners(self, crew: str, step: Step) -> list[str]:
        """Return what is walked on other crews and begins with a step."""
        if self._alone:
            return []
        own = {each.name for each in self._orders[crew]}
        return [each for each in step.meets if each in self._mine and each not in own]
