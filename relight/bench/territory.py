"""Where the measurements happen: the demo districts, and wide districts with many crews."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from relight.drill_scenery import demo_homes
from relight.settings import Settings
from sim.drill.transplant import Home
from store import installation
from store.demo.ground import CITY, NEIGHBOUR, Ground, TerritoryPlan, lay_ground
from store.demo.people import settle_people
from store.engine import connect
from store.roster import ensure_shifts

# Ten in the morning where the demo lies: people are called back, a third of the crews work.
MORNING = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def wide_district(name: str, lon: float) -> TerritoryPlan:
    """Return a district of 96 sections whose 120 crews are on duty forty at a time."""
    return TerritoryPlan(
        id=name, name_en="Wide", name_zh="宽野区", lon=lon, lat=29.56,
        rings=(("urban", 5_500.0), ("rural", 12_000.0), ("remote", 22_000.0)),
        substations=4, feeders_each=6, cuts=(250.0, 1_900.0, 3_600.0, 8_500.0, 17_000.0),
        transformers_each=2, service_points_each=3, crews=120,
    )  # fmt: skip


def add_districts(settings: Settings, plans: tuple[TerritoryPlan, ...]) -> None:
    """Lay out districts beside the demo, with shifts for the day."""
    engine = connect(settings.database_url or "", connections=1, name="bench")
    with Session(engine) as session, session.begin():
        now = installation.house_now(session)
        for plan in plans:
            ground = Ground(plan)
            lay_ground(session, ground)
            settle_people(session, ground, now)
        ensure_shifts(session, now, now)
    engine.dispose()


def homes_of(plan: TerritoryPlan) -> list[Home]:
    """Return every home of a district in the order of the network."""
    return demo_homes(plan)


def one_home_per_section(plan: TerritoryPlan) -> list[Home]:
    """Return homes no two of which are ever taken for one outage; the nearest sections first.

    The last section of a feeder lies so far out that a plan rather lets its outage wait its turn.
    """
    homes = {home.section: home for home in homes_of(plan)}
    last = f"s{len(plan.cuts) - 1}"
    near = [section for section in homes if not section.endswith(last)]
    return [homes[section] for section in sorted(near, key=lambda name: name.rpartition("-")[2])]


__all__ = ["CITY", "MORNING", "NEIGHBOUR"]
