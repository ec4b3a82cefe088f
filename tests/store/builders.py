"""Reports, outages and lives of outages for the tests of the store."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from domain import actions as a
from domain import ids
from domain.actor import SYSTEM, Actor, board_actor
from domain.decide import RULES_VERSION, decide, opening_events
from domain.events import Event
from domain.evolve import evolve
from domain.kinds import Role
from domain.outage import Outage
from domain.photo import Photo, Shows
from domain.policy import Policy, parse_policy
from domain.report import ReportDraft
from store import intake, outages
from store.answers import Accepted
from store.photos import Picture

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
REAL = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
POLICIES = Path(__file__).parents[2] / "policies"
_numbers = count(1)


@cache
def the_policy() -> Policy:
    path = POLICIES / "regulatory_floor.toml"
    return parse_policy(path.read_text(encoding="utf-8"), path.name)


def a_draft(place: str | tuple[float, float] = "jp-f1-s1-t1-p1", **said: Any) -> ReportDraft:
    """A call from a service point, or from [lon, lat]."""
    if isinstance(place, str):
        said["service_point_id"] = place
    else:
        said["at"] = {"lon": place[0], "lat": place[1]}
    return ReportDraft(**{"channel": "phone", **said})


def take(
    engine: Engine,
    draft: ReportDraft | None = None,
    *,
    now: datetime = NOW,
    subject: str = "taker",
    key: tuple[str, str] | None = None,
    number: int | None = None,
) -> Accepted:
    """Accept a report as the API does."""
    uuid = UUID(int=number or next(_numbers))
    return intake.accept(
        engine,
        draft or a_draft(),
        report_id=ids.report_id(uuid),
        outage_id=ids.outage_id(uuid),
        now=now,
        subject=subject,
        idempotency=key,
        policy=the_policy(),
        rules_version=RULES_VERSION,
        real_now=REAL,
    )


class Life:
    """An outage's workflow in miniature: decides, keeps its events, knows its state."""

    def __init__(self, engine: Engine, outage_id: str) -> None:
        with Session(engine) as session:
            opening = outages.opening(session, outage_id)
        self.policy = opening.policy
        self.events: list[Event] = list(
            opening_events(
                opening.opened(),
                opening.reports_taken(),
                opening.opened_at,
                opening.policy,
                outage_id,
            )
        )
        self.state: Outage = _fold(outage_id, self.events)
        self.sent = 0
        self._actions = count(1)

    def act(
        self,
        what: a.Request,
        *,
        role: Role = Role.DISPATCHER,
        subject: str = "desk-1",
        crew: str | None = None,
        now: datetime = NOW,
    ) -> None:
        """Do one action."""
        actor = {
            Role.SYSTEM: SYSTEM,
            Role.BOARD: board_actor(self.state.district),
        }.get(role, Actor(subject=subject, role=role, crew=crew))
        action = a.Action(id=f"act-{next(self._actions)}", actor=actor, what=what)
        for event in decide(self.state, action, now, self.policy, RULES_VERSION):
            self.state = evolve(self.state, event)
            self.events.append(event)

    def unsent(self) -> list[Event]:
        """Return what the projection has not been given yet."""
        events, self.sent = self.events[self.sent :], len(self.events)
        return events

    def repair(self, crew: str = "jp-crew-01", now: datetime = NOW) -> None:
        """Go from queued to restored and verified with one crew."""
        phone = {"role": Role.CREW, "subject": f"{crew}-leader", "crew": crew}
        for step, task in self._steps():
            now += timedelta(minutes=1)
            if step == "assign":
                self.act(
                    a.Assign(task=task, crew=crew, epoch=self.state.epoch + 1, ordered_by="desk-9"),
                    role=Role.BOARD,
                    now=now,
                )
                continue
            what: dict[str, Any] = {
                "depart": a.Depart(task=task),
                "arrive": a.Arrive(task=task, position=self.state.at),
                "begin": a.BeginWork(task=task, safety_officer=f"{crew}-safety"),
                "restore": a.Restore(task=task),
                "complete": a.Complete(task=task),
            }
            self.act(what[step], now=now, **phone)

    def _steps(self) -> Iterator[tuple[str, str]]:
        task = next(task.id for task in self.state.tasks if task.open)
        for step in ("assign", "depart", "arrive", "begin", "restore", "complete"):
            yield step, task


def _fold(outage_id: str, events: list[Event]) -> Outage:
    state: Outage | None = None
    for event in events:
        state = evolve(state, event, outage_id=outage_id)
    assert state is not None
    return state


def a_photo(outage_id: str, *, seq: int = 1, shows: str = "damage", **said: Any) -> Photo:
    """Return what a crew says of a photo; every number is another picture."""
    told = {
        "id": f"pho_{outage_id}_{seq}", "outage": outage_id, "task": None, "crew": "jp-crew-01",
        "subject": "chen", "shows": Shows(shows), "note": None, "device": "camera",
        "device_seq": seq, "occurred_at": NOW, "received_at": NOW, "position": None,
        "sent_digest": f"{seq}",
    }  # fmt: skip
    return Photo.model_validate(told | said)


def a_kept_picture(image: bytes = b"picture") -> Picture:
    """Return a picture as it is kept."""
    return Picture(image, b"small", 640, 480, sha256(image).hexdigest())
