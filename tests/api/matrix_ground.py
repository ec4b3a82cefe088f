"""What the matrix is asked about: one of everything in the district jp, and nothing in yl."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from domain.clock import HouseClock
from domain.kinds import LadderRole
from domain.value import canonical_json
from routing.planner import plan
from store import boards, callbacks, documents, installation, outages
from tests.api.callers import a_report, signed_in
from tests.pictures import a_picture
from tests.routing.builders import a_crew, a_snapshot, a_task

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""Noon in the demo's zone: shifts run and people may be called."""
CREW = "jp-crew-01"

_TASK = text("""
INSERT INTO tasks
    (id, outage_id, kind, state, crew_id, assignment_epoch, skills, licences, known_at)
VALUES (:id, :outage, 'repair', 'dispatched', :crew, 1, '{}', '{}', :now)
""")
_PAGE = text("""
INSERT INTO pages (id, dedup_key, outage_id, district_id, ladder, rung, to_role, body, at, known_at)
VALUES (:id, :id, :outage, 'jp', 'arrival', 1, :role, '{"rung": "arrival/1"}', :now, :now)
""")
_RUN = text("""
INSERT INTO plan_runs (id, district_id, at, mode, snapshot_hash, plan_hash, stop_cause, solver,
    wall_ms, trigger, status, known_at)
VALUES ('run-jp', 'jp', :now, 'advise', :snapshot, :plan, 'done', 'x', 1, 'test', 'proposed', :now)
""")
_LETTER = text("""
INSERT INTO outbox (kind, key, body, district_id, at, available_at, dead_at)
VALUES ('reported', 'letter-of-jp', '{}', 'jp', :now, :now, :now) RETURNING id
""")
_VERDICT = text("""
INSERT INTO verdicts (outage_id, version, body, amended, known_at)
VALUES (:outage, 1, jsonb_build_object('promised_by', CAST(:now AS timestamptz),
    'arrived_at', CAST(:now AS timestamptz), 'arrival', 'proven', 'on_time', true), false, :now)
""")
_ATTEMPT = text("""
INSERT INTO callback_attempts (id, action_id, callback_id, agent, at, result,
    contacted_on_arrival, commitment_kept, satisfied)
VALUES ('answer-of-jp', 'answer-of-jp', :callback, 'ann', :now, 'answered', true, false, true)
""")

_STREET = text("""
INSERT INTO streets (id, kind, oneway, path) VALUES
    (77, 'primary', false, 'SRID=4326;LINESTRING(106.549 29.56, 106.551 29.56)')
""")
_CLOSURE = text("""
INSERT INTO closures (id, streets, share, reason, since, declared_by, declared_at)
VALUES ('closure-of-jp', '{77}', 0, 'flood', :now, 'dora', :now)
""")
_WORK = text("""
INSERT INTO planned_works (id, district_id, transformers, since, until, reason, notice,
    announced_by, announced_at)
VALUES ('work-of-jp', 'jp', '{jp-f1-s1-t9}', :since, :until, 'repair', 'n', 'dora', :since)
""")
_BOOKING = text("""
INSERT INTO crew_bookings (id, crew_id, kind, since, until, reason, booked_by, booked_at)
VALUES ('booking-of-jp', 'jp-crew-02', 'reserved', :until, :later, 'concert', 'dora', :since)
""")
STREET = 77


@dataclass(frozen=True)
class Ground:
    """The things asked about, by id."""

    engine: Engine
    report: str
    customers: str
    outage: str
    callback: str
    plan: str
    shift: str
    photo: str

    @property
    def task(self) -> str:
        """Return the task that the crew was sent to."""
        return f"{self.outage}/t1"

    def letter(self) -> int:
        """Lay in another dead letter, since one is revived but once."""
        with self.engine.begin() as connection:
            return int(connection.scalar(_LETTER, {"now": NOON}) or 0)

    def page(self, role: str) -> str:
        """Page a role once more, since a page is taken over but once."""
        page = f"page-of-jp/{uuid4().hex}"
        with self.engine.begin() as connection:
            asked = {"id": page, "outage": self.outage, "role": role, "now": NOON}
            connection.execute(_PAGE, asked)
        return page


async def lay_in(engine: Engine, client: httpx.AsyncClient) -> Ground:
    """Put one of everything into the district jp."""
    with Session(engine) as session, session.begin():
        clock = HouseClock(real_epoch=datetime.now(UTC), house_epoch=NOON, rate=1.0)
        installation.set_clock(session, clock)
    own = await _report(client, signed_in("customer", "customer"), channel="app")
    desk = await _report(client, signed_in("call_taker", "tara"))
    outage = desk["outage"]["id"]
    begins = NOON + timedelta(days=60)
    shift = await client.post(
        f"/v1/crews/{CREW}/shifts",
        json={"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=8)).isoformat(),
              "max_duty_s": 30_000},
        headers=signed_in("supervisor"),
    )  # fmt: skip
    assert shift.status_code == 201, shift.text
    with Session(engine) as session, session.begin():
        made = _plan(session, f"{outage}/t1")
        _ask_back(session, outage)
        found = session.scalar(
            text("SELECT id FROM callbacks WHERE report_id = :id"), {"id": desk["report"]["id"]}
        )
        asked = {"id": f"{outage}/t1", "outage": outage, "crew": CREW, "now": NOON}
        session.execute(_TASK, asked)
        session.execute(_STREET)
        session.execute(_VERDICT, {"outage": outage, "now": NOON})
        session.execute(_ATTEMPT, {"callback": found, "now": NOON})
        session.execute(_CLOSURE, {"now": NOON})
        session.execute(_WORK, {"since": NOON, "until": NOON + timedelta(days=400)})
        later = {"until": NOON + timedelta(days=400), "later": NOON + timedelta(days=401)}
        session.execute(_BOOKING, {"since": NOON, **later})
        boards.place_order(session, "order-of-jp", "jp", kind="mode", subject="sue",
                           body={"kind": "mode", "mode": "auto"}, now=NOON)  # fmt: skip
    ground = Ground(engine, desk["report"]["id"], own["report"]["id"], outage, str(found), made,
                    shift.json()["id"], await _photo(client, outage))  # fmt: skip
    for role in LadderRole:
        ground.page(role.value)
    ground.letter()
    return ground


async def _photo(client: httpx.AsyncClient, outage: str) -> str:
    said = json.dumps({"device": "camera", "device_seq": 10**10, "shows": "damage"})
    kept = await client.post(
        f"/v1/outages/{outage}/photos",
        files={"photo": ("photo.jpg", a_picture()), "statement": (None, said)},
        headers=signed_in("crew", crew=CREW),
    )
    assert kept.status_code == 201, kept.text
    return str(kept.json()["id"])


async def _report(client: httpx.AsyncClient, who: dict[str, str], **more: Any) -> dict[str, Any]:
    taken = await client.post("/v1/reports", json=a_report(**more), headers=who)
    assert taken.status_code == 201, taken.text
    told: dict[str, Any] = taken.json()
    return told


def _plan(session: Session, task: str) -> str:
    seen = a_snapshot(a_task(task), a_crew(CREW))
    made = plan(seen)
    told = made.model_dump(mode="json", exclude={"wall_s"})
    for kind, digest, body in (
        ("plan", made.digest(), canonical_json(told)),
        ("snapshot", seen.digest(), seen.canonical()),
    ):
        documents.put(session, kind, digest, body, NOON)
    asked = {"plan": made.digest(), "snapshot": seen.digest(), "now": NOON}
    session.execute(_RUN, asked)
    return made.digest()


def _ask_back(session: Session, outage: str) -> None:
    """Put the outage's callbacks on the list, as if its light were back since two hours."""
    at = NOON - timedelta(hours=2)
    session.execute(
        text("UPDATE outages SET restored_at = :at, restoration_no = 1 WHERE id = :outage"),
        {"at": at, "outage": outage},
    )
    callbacks.open_for(session, outage, 1, at, outages.policy_of(session, outage))
