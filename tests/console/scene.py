"""A morning for the pages to show: outages of every state and priority, crews at work."""

from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from domain import actions as a
from domain.kinds import Hazard, Role
from store import closures, projection
from store.closures import Closure
from store.tables.land import StreetRow
from store.tables.territory import CustomerRow
from tests.store.builders import NOW, Life, a_draft, take

STEPS = ("depart", "arrive", "begin", "restore")
HOW_FAR = {
    "f1-s1": 0, "f2-s1": 0, "f3-s2": 1, "f4-s1": 2, "f5-s2": 3, "f6-s1": 4,
    "f7-s2": 0, "f8-s1": 1, "f1-s3": 3, "f2-s3": 0, "f3-s3": 2, "f4-s3": 4,
}  # fmt: skip
"""How many steps the repair of each section's outage has gone, from the assignment on."""
DANGEROUS, CARED_FOR = ("f1-s1", "f5-s2"), ("f2-s1", "f8-s1")
_numbers = count(10**7)


def lay_scene(engine: Engine) -> None:
    """Call in an outage on each feeder of the demo's city, and repair some of them in part."""
    with Session(engine) as session:
        known = session.scalars(
            select(CustomerRow.service_point_id)
            .where(CustomerRow.key_class.is_not(None), CustomerRow.service_point_id.like("jp-%"))
            .order_by(CustomerRow.service_point_id)
        ).all()
    free = (home for home in known if home[3:].rsplit("-", 2)[0] not in HOW_FAR)
    crews = count(1)
    for section, steps in HOW_FAR.items():
        said: dict[str, Any] = {"hazards": [Hazard.WIRE_DOWN]} if section in DANGEROUS else {}
        said |= {"life_support": True} if section in CARED_FOR else {}
        call(engine, f"jp-{section}-t1-p1", steps, next(crews), **said)
    call(engine, next(free), 0, next(crews))


def call(engine: Engine, home: str, steps: int, crew: int, **said: Any) -> str:
    """Report from a home and go some steps of the repair; return the outage."""
    early = NOW - timedelta(minutes=20)
    opened = take(engine, a_draft(home, **said), now=early, number=next(_numbers))
    life = Life(engine, opened.outage_id)
    if steps:
        _repair(life, f"jp-crew-{crew:02d}", steps)
    with Session(engine) as session, session.begin():
        projection.append(session, life.state.id, life.unsent(), life.state, now=NOW)
    return opened.outage_id


def shut(engine: Engine, name: str) -> tuple[str, str, str]:
    """Close a main street and an area, and slow other roads; return the closures."""
    common = {"reason": "landslide", "since": NOW, "declared_by": "dora", "declared_at": NOW}
    with Session(engine) as session, session.begin():
        main = select(StreetRow.id).where(StreetRow.kind == "primary").order_by(StreetRow.id)
        street = session.scalars(main).first()
        assert street is not None
        said: dict[str, Any] = {**common, "until": None, "area_class": None}
        closed = Closure(f"slide-{name}", (street,), None, share=0.0, **said)
        slow = Closure(f"storm-{name}", None, "tertiary", share=0.6, **said)
        corners = ((106.57, 29.55), (106.59, 29.55), (106.59, 29.565), (106.57, 29.55))
        area = Closure(
            f"gas-{name}", closures.streets_in(session, (corners,)), None, share=0.0,
            area=(corners,), **said,
        )  # fmt: skip
        for each in (closed, slow, area):
            closures.declare(session, each)
    return closed.id, slow.id, area.id


def _repair(life: Life, crew: str, steps: int) -> None:
    task = next(task.id for task in life.state.tasks if task.open)
    phone: dict[str, Any] = {"role": Role.CREW, "subject": f"{crew}-leader", "crew": crew}
    life.act(a.Assign(task=task, crew=crew, epoch=1, ordered_by="desk-9"), role=Role.BOARD)
    what: dict[str, Any] = {
        "depart": a.Depart(task=task),
        "arrive": a.Arrive(task=task, position=life.state.at),
        "begin": a.BeginWork(task=task, safety_officer=f"{crew}-safety"),
        "restore": a.Restore(task=task),
    }
    for number, step in enumerate(STEPS[: max(0, steps - 1)] if steps < 4 else STEPS, 1):
        life.act(what[step], now=NOW - timedelta(minutes=10 - number), **phone)
