"""Crews: they take orders, drive, work and say what they do; how long it takes is the world's."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain import actions as a
from domain.actor import Actor
from domain.kinds import AreaClass, Role
from domain.outage import Task
from routing.travel import Place, Travel
from sim.chance.people import Luck
from sim.field.visit import OnSite
from sim.future import Future
from sim.ground import Spot, Team
from sim.house.office import Order

IDLE_AFTER = timedelta(minutes=3)


@dataclass(frozen=True)
class Job:
    """An order a crew was given: which task, and under which number."""

    order: Order
    task: str
    epoch: int
    danger: bool

    @property
    def name(self) -> str:
        """Name this order: the same task may be given to the crew again."""
        return f"{self.task}/{self.epoch}"

    @property
    def now(self) -> Task:
        """Return the task as it stands."""
        task = self.order.repair.outage.task(self.task)
        if task is None:
            raise LookupError(self.task)
        return task


@dataclass(frozen=True)
class Leg:
    """A drive from one place to another."""

    origin: Spot
    target: Spot
    departs: datetime
    arrives: datetime

    def at(self, now: datetime) -> Spot:
        """Return where on the way somebody is; after the end, at the end."""
        whole = (self.arrives - self.departs).total_seconds()
        share = 1.0 if whole <= 0 else (now - self.departs).total_seconds() / whole
        share = min(max(share, 0.0), 1.0)
        (lon, lat), (to_lon, to_lat) = self.origin, self.target
        return lon + (to_lon - lon) * share, lat + (to_lat - lat) * share


@dataclass(frozen=True)
class Streets:
    """How crews get about: the road engine, and what chance makes of it on which days."""

    travel: Travel
    luck: Luck
    stormy: Callable[[datetime], bool]

    def drive(
        self, crew: str, name: str, origin: Spot, target: Spot, area: AreaClass, now: datetime
    ) -> Leg:
        """Return a drive as it really goes."""
        seconds, _ = self.travel.leg(Place(*origin), Place(*target, area))
        estimate = timedelta(seconds=seconds)
        takes = self.luck.drive(crew, name, estimate, storm=self.stormy(now))
        return Leg(origin, target, now, now + takes)


@dataclass
class Crew:
    """One crew in the field, from order to order."""

    team: Team
    streets: Streets
    future: Future
    on_site: OnSite
    leg: Leg
    jobs: list[Job] = field(default_factory=list)
    serving: Job | None = None
    driving: Job | None = None
    drives: list[Leg] = field(default_factory=list)
    keep_drives: bool = False
    waits_in_place: bool = False
    idle: Callable[[], None] | None = None

    @property
    def actor(self) -> Actor:
        """Return the crew as somebody who speaks by phone."""
        return Actor(subject=f"{self.team.id}-leader", role=Role.CREW, crew=self.team.id)

    def place(self, now: datetime) -> Spot:
        """Return where the crew is."""
        return self.leg.at(now)

    def told(self, job: Job) -> None:
        """Hear of an order and answer it soon."""
        after, refuses = self.streets.luck.order(self.team.id, job.name)
        self.future.at(self.future.now + after, lambda: self._answer(job, refuses))

    def _mine(self, job: Job) -> bool:
        task = job.now
        return task.open and task.crew == self.team.id and task.epoch == job.epoch

    def _answer(self, job: Job, refuses: bool) -> None:
        if not self._mine(job):
            return
        if refuses:
            what: a.Request = a.Refuse(task=job.task, reason="vehicle_fault")
            job.order.repair.act(self.actor, what)
            return
        if job.order.repair.act(self.actor, a.Acknowledge(task=job.task)) is None:
            self.jobs.append(job)
            if self.serving is None or self._turned_around():
                self._next()

    def _turned_around(self) -> bool:
        """Tell whether the crew drives to what is no longer its own, and hears it now."""
        serving = self.serving
        return serving is not None and serving is self.driving and not self._mine(serving)

    def _next(self) -> None:
        """Take up the next order; without one drive back to the depot, or say so."""
        self.jobs = [job for job in self.jobs if self._mine(job)]
        if not self.jobs:
            self.serving = None
            then = self.idle if self.waits_in_place else self._go_home
            if then is not None:
                self.future.at(self.future.now + IDLE_AFTER, then)
            return
        far = datetime.max.replace(tzinfo=self.future.now.tzinfo)
        job = min(self.jobs, key=lambda each: (not each.danger, each.now.eta or far, each.name))
        self.jobs.remove(job)
        self.serving = job
        leaves = self.streets.luck.leaves_after(self.team.id, job.name)
        self.future.at(self.future.now + leaves, lambda: self._depart(job))

    def _depart(self, job: Job) -> None:
        if not self._mine(job) or job.order.repair.act(self.actor, a.Depart(task=job.task)):
            self._next()
            return
        outage = job.order.repair.outage
        target = (outage.at.lon, outage.at.lat)
        self._drive(job.name, target, outage.area_class)
        self.driving = job
        self.future.at(self.leg.arrives, lambda: self._arrive(job))

    def _drive(self, name: str, target: Spot, area: AreaClass) -> None:
        now = self.future.now
        if self.drives and self.drives[-1].arrives > now:  # only so far was it driven
            cut = self.drives[-1]
            self.drives[-1] = Leg(cut.origin, cut.at(now), cut.departs, now)
        self.leg = self.streets.drive(self.team.id, name, self.place(now), target, area, now)
        if self.keep_drives:
            self.drives.append(self.leg)

    def _arrive(self, job: Job) -> None:
        if self.serving is not job:
            return
        self.driving, place = None, job.order.repair.outage.at
        said = a.Arrive(task=job.task, position=place)
        if job.order.repair.act(self.actor, said) is not None:
            self._next()
            return
        visit = self.streets.luck.visit(self.team.id, job.name)
        self.on_site.begin(self.actor, job.order, job.task, visit, self._next)

    def _go_home(self) -> None:
        """Drive back to the depot, unless there is work by now."""
        self.wait_at(self.team.at)

    def wait_at(self, spot: Spot) -> None:
        """Drive to where the next order is waited for, unless there is work by now."""
        if self.serving is None and not self.jobs and self.leg.target != spot:
            self._drive(f"home/{self.future.now.isoformat()}", spot, AreaClass.RURAL)
