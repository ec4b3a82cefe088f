"""What one more task costs at every place of every route, in whole numbers and without visits.

Counts in microseconds as the timetable does, so that what it finds is exact for exact legs.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from routing.arrangement import Arrangement
from routing.breaks import Due
from routing.fairness import Loads
from routing.pricing import Tariff, call_out_price, horizon_s, tariff, travel_price
from routing.receipt import Hold, Visit
from routing.rules import before_a_break, crew_ready, held_by, licence_end, work_end
from routing.snapshot import Crew, Task
from routing.steps import MICROSECOND, SECOND, Guest, Joined, Leg, Limits, Step, passed
from routing.tolls import Tolls
from routing.travel import Place, place_of


class QuickPlaces:
    """The routes of an arrangement, ready for one more task."""

    def __init__(self, rest: Arrangement) -> None:
        self._rest, ground = rest, rest.ground
        self._usual: dict[tuple[str, bool], Limits] = {}
        self._ground, self._at = ground, ground.snapshot.at
        self._horizon = horizon_s(ground.snapshot)
        self._tolls, self._loads = Tolls(ground.snapshot, ground.previous), Loads(ground.snapshot)
        self._travel = travel_price(ground.snapshot)
        self.finished = {
            v.task: self._us(v.finish_at) for mine in rest.routes.values() for v in mine
        }
        self.ready = {
            crew.id: self._us(crew_ready(crew, ground.snapshot)) for crew in ground.snapshot.crews
        }
        self.steps: dict[str, list[Step]] = {
            crew: self._walked(ground.crews[crew], visits) for crew, visits in rest.routes.items()
        }
        self._drive_after = {
            step.name: onward.drive
            for steps in self.steps.values()
            for step, onward in zip(steps, [*steps[1:], steps[-1]] if steps else (), strict=True)
        }
        self._followed = self._followed_elsewhere()
        self._by_name = {step.name: step for steps in self.steps.values() for step in steps}
        self._due = self._breaks()
        self._joined = Joined(
            self.steps, self.ready, ground.followers, self._due, circular=rest.circular
        )

    def _followed_elsewhere(self) -> frozenset[str]:
        """Return the tasks that work of another crew waits for or meets."""
        owner = {step.name: crew for crew, steps in self.steps.items() for step in steps}
        return frozenset(
            name
            for name, crew in owner.items()
            for each in (*self._ground.followers.get(name, ()), *self._meets(name))
            if owner.get(each, crew) != crew
        )

    def _breaks(self) -> dict[str, Due]:
        """Return the break each crew has on its route or after it, in microseconds."""
        dues = {crew.id: crew.due_break for crew in self._ground.snapshot.crews}
        return {
            crew: Due(self._us(due.earliest), self._us(due.latest), due.length_s * SECOND)
            for crew, due in dues.items()
            if due is not None
        }

    def _meets(self, name: str) -> tuple[str, ...]:
        return self._ground.partners.get(name, ())

    def _us(self, moment: datetime) -> int:
        return (moment - self._at) // MICROSECOND

    def _walked(self, crew: Crew, visits: Sequence[Visit]) -> list[Step]:
        mine = {each.task for each in visits}
        return [self._step(crew, visit, mine) for visit in visits]

    def _step(self, crew: Crew, visit: Visit, mine: Collection[str]) -> Step:
        task, fixed = self._ground.tasks[visit.task], visit.hold is Hold.FROZEN
        after = tuple(each for each in task.after if each in self.finished)
        others = [each for each in after if each not in mine]
        earliest = self._us(self._ground.table.earliest(task))
        return Step(
            name=task.id,
            drive=visit.travel_s * SECOND,
            start=self._us(visit.start_at),
            finish=self._us(visit.finish_at),
            earliest=earliest,
            floor=max([earliest, *(self.finished[each] for each in others)]),
            after=after,
            work=task.work_s * SECOND,
            rates=tariff(task, self._ground.snapshot, self._horizon),
            limits=None if fixed else self.limits(crew, task),
            fixed=fixed,
            meets=self._meets(task.id),
            hurried=visit.hold is Hold.DANGER or before_a_break(task),
        )

    def limits(self, crew: Crew, task: Task) -> Limits | None:
        """Return what the clock allows this crew for this task; a human's choice has no limit."""
        if held_by(task, crew):
            return None
        usual = self._usual.get((crew.id, task.danger))
        if usual is None:
            ends = (crew.shift_end, work_end(task, crew, self._at))
            usual = self._usual[crew.id, task.danger] = Limits(*(self._us(end) for end in ends))
        licence = licence_end(task, crew) if task.licences else None
        if licence is None:
            return usual
        return usual._replace(finish=min(usual.finish, self._us(licence)))

    def guest(self, task: Task) -> Guest:
        """Return a task that no route has, as it is walked."""
        after = tuple(each for each in task.after if each in self.finished)
        earliest = self._us(self._ground.table.earliest(task))
        followers = (*self._ground.followers.get(task.id, ()), *self._meets(task.id))
        return Guest(
            task=task,
            rates=tariff(task, self._ground.snapshot, self._horizon),
            earliest=earliest,
            floor=max([earliest, *(self.finished[each] for each in after)]),
            work=task.work_s * SECOND,
            after=after,
            followed=any(each in self.finished for each in followers),
            meets=self._meets(task.id),
        )

    def ends(self, crew: str, place: int) -> tuple[Place, Place | None]:
        """Return from where a crew would come to a place of its route, and where it goes on to."""
        steps = self.steps[crew]
        tasks = self._ground.tasks
        here = place_of(tasks[steps[place - 1].name] if place else self._ground.crews[crew])
        return here, place_of(tasks[steps[place].name]) if place < len(steps) else None

    def added(self, guest: Guest, crew: str, place: int, leg: Leg) -> int | None:
        """Return what the task adds at a place of a route, or None where the clock forbids it."""
        if not guest.followed and not self._rest.circular and crew not in self._due:
            found, alone = self._alone(guest, crew, place, leg)
            if alone:
                return found
        return self._together(guest, crew, place, leg)

    def price(self, rates: Tariff, start: int) -> int:
        """Return the price of starting at a microsecond; a part of a second counts whole."""
        return rates.of_start(-(-start // SECOND))

    def own(self, guest: Guest, crew: str, start: int, leg: Leg) -> int:
        """Return the price of the task itself, the drive to it, its toll and calling the crew."""
        price = self.price(guest.rates, start) + self._travel * leg.into
        if not self.steps[crew]:
            price += call_out_price(self._ground.crews[crew], self._ground.snapshot)
        load = sum(step.work for step in self.steps[crew]) // SECOND if self._loads.price else 0
        price += self._loads.toll(crew, load, guest.task.work_s)
        return price + self._tolls.of(guest.task, crew)

    def detour(self, crew: str, place: int, leg: Leg) -> int:
        """Return the price of driving on from the task instead of from the place before it."""
        steps = self.steps[crew]
        if place == len(steps):
            return 0
        return self._travel * (leg.onward - steps[place].drive // SECOND)

    def clock(self, crew: str, place: int) -> int:
        """Return when a crew can leave for a place of its route."""
        ready = self.ready[crew]
        return max(self.steps[crew][place - 1].finish, ready) if place else ready

    def _alone(self, guest: Guest, crew: str, place: int, leg: Leg) -> tuple[int | None, bool]:
        """Return what the task adds if only this route moves, and whether only it does."""
        start = max(self.clock(crew, place) + leg.into * SECOND, guest.floor)
        limits = self.limits(self._ground.crews[crew], guest.task)
        if passed(limits, start, guest.work):
            return None, True
        price = self.own(guest, crew, start, leg) + self.detour(crew, place, leg)
        clock, drive = start + guest.work, leg.onward * SECOND
        behind = self.steps[crew][place:]
        if guest.after and any(step.name in guest.after for step in behind):
            return None, False
        for step in behind:
            begin = max(clock + drive, step.floor)
            if begin == step.start:
                break
            if step.name in self._followed:
                return None, False
            if passed(step.limits, begin, step.work):
                return None, True
            price += self.price(step.rates, begin) - self.price(step.rates, step.start)
            clock = begin + step.work
            drive = self._drive_after[step.name]
        return price, True

    def _together(self, guest: Guest, crew: str, place: int, leg: Leg) -> int | None:
        """Return what the task adds with all that waits for what it delays."""
        mine, limits = self.steps[crew], self.limits(self._ground.crews[crew], guest.task)
        tried = Step(
            name=guest.task.id,
            drive=leg.into * SECOND,
            start=0,
            finish=0,
            earliest=guest.earliest,
            floor=guest.floor,
            after=guest.after,
            work=guest.work,
            rates=guest.rates,
            limits=limits,
            fixed=False,
            meets=guest.meets,
            hurried=before_a_break(guest.task),
        )
        behind = [each._replace(drive=leg.onward * SECOND) for each in mine[place : place + 1]]
        trial = [*mine[:place], tried, *behind, *mine[place + 1 :]]
        starts = self._joined.starts(crew, trial, tried.name)
        if starts is None or passed(limits, starts[tried.name], tried.work):
            return None
        price = self.own(guest, crew, starts.pop(tried.name), leg) + self.detour(crew, place, leg)
        for name, start in starts.items():
            step = self._by_name[name]
            if start != step.start:
                if passed(step.limits, start, step.work):
                    return None
                price += self.price(step.rates, start) - self.price(step.rates, step.start)
        return price
