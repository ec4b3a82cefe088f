"""How a district stood at a moment that is past: as its lists said it then, and not otherwise."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from domain import actions as a
from domain.device import ConfirmDevice, DeviceHeld, DeviceKind
from domain.kinds import Hazard, Role
from domain.place import Point
from store import plan_runs, positions, projection
from store.merging import Handing, hand_over
from store.plan_runs import PlanRun
from store.positions import Fix
from store.reading import crews, outages, past_crews, past_outages
from store.reading.crews import CrewPlaced
from store.reading.outages import OutageSeen
from store.splitting import Wanted, take_out
from tests.store.builders import NOW, Life, a_draft, take

MINUTE = timedelta(minutes=1)


@dataclass
class Diary:
    """Notes what the lists of a district say after each thing that happens there."""

    engine: Engine
    now: datetime = NOW
    pages: list[tuple[datetime, list[OutageSeen], list[dict[str, Any]]]] = field(
        default_factory=list
    )

    def happens(self, what: Callable[[datetime], Any]) -> Any:
        """Let something happen a minute later, and note what is seen half a minute after."""
        self.now += MINUTE
        found = what(self.now)
        seen_at = self.now + MINUTE / 2
        with Session(self.engine) as session:
            open_now = outages.listed(session, districts=["jp"], open_only=True, limit=200)
            here = crews.listed(session, ["jp"], seen_at)
        self.pages.append((seen_at, open_now, [_of_crew(crew) for crew in here if crew.active]))
        return found

    def known(self, life: Life) -> None:
        """Let the rows know what a life has decided since."""

        def write(now: datetime) -> None:
            with Session(self.engine) as session, session.begin():
                projection.append(session, life.state.id, life.unsent(), life.state, now=now)

        self.happens(write)


_OF_CREW = (
    "id", "district_id", "name_en", "name_zh", "depot_id", "grid_id", "shift_start", "shift_end",
    "on_duty", "lon", "lat", "position_at", "task_id", "task_state", "outage_id", "open_tasks",
)  # fmt: skip


def _of_crew(crew: Any) -> dict[str, Any]:
    return {name: getattr(crew, name) for name in _OF_CREW}


def _step(diary: Diary, life: Life, what: a.Request, crew: str | None = None) -> None:
    """Do something, which the rows learn of later, by themselves."""
    said: dict[str, Any] = {"role": Role.BOARD}
    if crew is not None:
        said = {"role": Role.CREW, "subject": f"{crew}-leader", "crew": crew}
    life.act(what, now=diary.now, **said)
    diary.known(life)


def _repaired(diary: Diary, life: Life, crew: str) -> None:
    task = next(task.id for task in life.state.tasks if task.open)
    _step(diary, life, a.Assign(task=task, crew=crew, epoch=1, eta=diary.now + 20 * MINUTE))
    for what in (
        a.Depart(task=task),
        a.Arrive(task=task, position=life.state.at),
        a.BeginWork(task=task, safety_officer=f"{crew}-safety"),
        a.GiveEstimate(etr=diary.now + 90 * MINUTE),
        a.Restore(task=task),
        a.Complete(task=task),
    ):
        _step(diary, life, what, crew)


def test_a_moment_is_what_the_lists_said_then(own_demo_engine: Engine) -> None:
    engine, diary = own_demo_engine, Diary(own_demo_engine)

    def called(home: str, **said: Any) -> Callable[[datetime], Any]:
        return lambda now: take(engine, a_draft(home, **said), now=now)

    first = diary.happens(called("jp-f1-s1-t1-p1"))
    life = Life(engine, first.outage_id)
    diary.known(life)
    diary.happens(called("jp-f1-s1-t2-p1", hazards=[Hazard.WIRE_DOWN]))  # not heard of yet
    other = diary.happens(called("jp-f3-s1-t1-p1", life_support=True))
    second = Life(engine, other.outage_id)
    diary.known(second)
    diary.happens(lambda now: _fix(engine, "jp-crew-03", now - MINUTE, now))
    breaker = DeviceHeld(kind=DeviceKind.BREAKER, place=Point(lon=106.6, lat=29.5), customers=140)
    said = ConfirmDevice(network_device="sw-jp-f3-s1", held=breaker)
    second.act(said, now=diary.now, role=Role.DISPATCHER, subject="dora")
    diary.known(second)
    _repaired(diary, life, "jp-crew-03")
    _repaired(diary, second, "jp-crew-04")
    diary.happens(lambda now: _sealed(engine, first.outage_id, now))
    diary.happens(called("jp-f5-s1-t1-p1"))

    with Session(engine) as session:
        for at, open_then, crews_then in diary.pages:
            told = past_outages.listed(session, "jp", at, limit=200)
            assert [asdict(seen) for seen in told] == [asdict(seen) for seen in open_then], at
            assert past_outages.counted(session, "jp", at) == len(open_then)
            assert [asdict(each) for each in past_crews.listed(session, "jp", at)] == crews_then
    assert len(diary.pages) > 20
    assert any(
        seen.status == "callback" or seen.restored_at for _, p, _ in diary.pages for seen in p
    )


def test_reports_that_moved_since_count_where_they_were_then(own_demo_engine: Engine) -> None:
    engine, diary = own_demo_engine, Diary(own_demo_engine)

    def called(home: str, **said: Any) -> Callable[[datetime], Any]:
        return lambda now: take(engine, a_draft(home, **said), now=now)

    giver = diary.happens(called("jp-f1-s1-t1-p1", hazards=[Hazard.WIRE_DOWN])).outage_id
    diary.happens(called("jp-f1-s1-t2-p1"))
    taker = diary.happens(called("jp-f3-s1-t1-p1")).outage_id
    wanted = {"reports": (), "transformers": ("jp-f1-s1-t2",)}
    new = diary.happens(lambda now: take_out(engine, Wanted("g1", giver, **wanted, now=now)))
    diary.happens(lambda now: hand_over(engine, Handing("g2", giver, taker, now, frozenset(), 0)))

    with Session(engine) as session:
        for at, open_then, _ in diary.pages:
            told = past_outages.listed(session, "jp", at, limit=200)
            assert [_of_reports(seen) for seen in told] == [_of_reports(seen) for seen in open_then]
    ids = [{seen.id for seen in page} for _, page, _ in diary.pages]
    assert ids[-2:] == [{giver, taker, new.outage}, {taker, new.outage}]


def _of_reports(seen: OutageSeen) -> tuple[Any, ...]:
    return (seen.id, seen.report_count, seen.hazards, seen.transformer_id, seen.arrival_deadline)


def test_a_place_told_late_is_not_known_before(own_demo_engine: Engine) -> None:
    late = NOW + 10 * MINUTE
    _fix(own_demo_engine, "jp-crew-03", NOW, NOW)
    _fix(own_demo_engine, "jp-crew-03", NOW + MINUTE, late)

    with Session(own_demo_engine) as session:
        before = _crew(past_crews.listed(session, "jp", late - MINUTE), "jp-crew-03")
        after = _crew(past_crews.listed(session, "jp", late), "jp-crew-03")
        never = _crew(past_crews.listed(session, "jp", NOW - MINUTE), "jp-crew-03")

    assert (never.position_at, before.position_at) == (None, NOW)
    assert after.position_at == NOW + MINUTE


def test_a_crew_lent_out_is_seen_at_home_and_where_it_works(own_demo_engine: Engine) -> None:
    diary = Diary(own_demo_engine)
    life = Life(own_demo_engine, take(own_demo_engine, now=NOW).outage_id)
    diary.known(life)
    task = life.state.tasks[0].id
    _step(diary, life, a.Assign(task=task, crew="yl-crew-01", epoch=1))
    there = diary.now + MINUTE / 2

    with Session(own_demo_engine) as session:
        here = _crew(past_crews.listed(session, "jp", there), "yl-crew-01")
        home = _crew(past_crews.listed(session, "yl", there), "yl-crew-01")
        before = past_crews.listed(session, "jp", there - MINUTE)

    assert (here.task_id, here.task_state) == (task, "dispatched")
    assert home == here
    assert "yl-crew-01" not in {crew.id for crew in before}


def test_the_plan_in_force_is_the_latest_that_was_ready(own_demo_engine: Engine) -> None:
    engine = own_demo_engine
    with Session(engine) as session, session.begin():
        for name, minutes in (("first", 0), ("second", 5)):
            run = PlanRun(
                id=name, district_id="jp", at=NOW + minutes * MINUTE, mode="auto",
                snapshot_hash="s", plan_hash=name, stop_cause="optimal", solver="x",
                wall_ms=60_000, trigger="stir", status="proposed",
            )  # fmt: skip
            plan_runs.add(session, run, run.at)

    def at(minutes: int) -> str | None:
        with Session(engine) as session:
            found = plan_runs.in_force(session, "jp", NOW + minutes * MINUTE)
            return found and found.plan_hash

    assert [at(minutes) for minutes in (0, 1, 5, 6)] == [None, "first", "first", "second"]


def test_what_was_open_then_is_paged_by_number(own_demo_engine: Engine) -> None:
    for feeder in (1, 3, 5, 7):
        take(own_demo_engine, a_draft(f"jp-f{feeder}-s1-t1-p1"))
    with Session(own_demo_engine) as session:
        first = past_outages.listed(session, "jp", NOW, limit=3)
        rest = past_outages.listed(session, "jp", NOW, before=first[-1].number, limit=3)
        before = past_outages.listed(session, "jp", NOW - MINUTE, limit=3)

    numbers = [seen.number for seen in first + rest]
    assert (len(numbers), numbers, before) == (4, sorted(numbers, reverse=True), [])


def _crew(crews_then: list[CrewPlaced], wanted: str) -> CrewPlaced:
    return next(crew for crew in crews_then if crew.id == wanted)


def _fix(engine: Engine, crew: str, occurred: datetime, received: datetime) -> None:
    with Session(engine) as session, session.begin():
        fix = Fix(at=Point(lon=106.55, lat=29.56), occurred_at=occurred, device="phone")
        positions.add(session, crew, [fix], received)


def _sealed(engine: Engine, outage: str, now: datetime) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE outages SET sealed_at = :now WHERE id = :outage"),
            {"now": now, "outage": outage},
        )
