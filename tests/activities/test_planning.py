"""At every hour somebody can be sent: nobody waits for the next turn of crews."""

from datetime import timedelta

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from activities.planning import Planning
from activities.sight import look
from domain import actions as a
from domain.kinds import Mode, Role
from domain.parts import NeedParts
from routing.plan_input import build
from routing.receipt import Plan
from store import documents, plan_runs, policies, projection, snapshots, stock
from store.roster import ensure_shifts
from tests.house import a_policy
from tests.store.builders import NOW, Life, a_draft, take
from workflows import messages as m


def test_an_outage_gets_a_crew_on_duty_at_every_hour_of_the_day(own_demo_engine: Engine) -> None:
    told = take(own_demo_engine, a_draft())
    life = Life(own_demo_engine, told.outage_id)
    with Session(own_demo_engine) as session, session.begin():
        projection.append(session, told.outage_id, life.unsent(), life.state)
        ensure_shifts(session, NOW, NOW + timedelta(days=2))
    planning = Planning(own_demo_engine)
    nobody = []
    for quarter in range(96):
        now = NOW + timedelta(minutes=15) * quarter
        made = planning.whole(m.PlanAsk(district="jp", mode=Mode.AUTO, now=now))
        with Session(own_demo_engine) as session:
            crews = snapshots.crews_on_hand(session, "jp", now)
        on_duty = {crew.id for crew in crews if crew.shift_start <= now < crew.shift_end}
        if not {move.crew for move in made.moves} & on_duty:
            nobody.append(f"{now:%H:%M}")

    assert nobody == []


def test_a_plan_that_leaves_an_outage_to_nobody_is_kept_once_so_that_it_can_be_explained(
    own_demo_engine: Engine,
) -> None:
    life = Life(own_demo_engine, take(own_demo_engine, a_draft()).outage_id)
    with Session(own_demo_engine) as session, session.begin():
        projection.append(session, life.state.id, life.unsent(), life.state)
        session.execute(text("DELETE FROM shifts"))
    planning = Planning(own_demo_engine)
    made = [
        planning.whole(m.PlanAsk(district="jp", mode=Mode.AUTO, now=NOW + minutes))
        for minutes in (timedelta(0), timedelta(minutes=5))
    ]
    with Session(own_demo_engine) as session:
        runs = plan_runs.listed(session, "jp")
        kept = documents.get(session, runs[0].plan_hash, "plan")

    assert [each.plan for each in made] == [None, None]
    assert len(runs) == 1
    assert f'"task":"{life.state.id}/t1"' in (kept or "")


def test_a_plan_begins_from_what_the_plan_before_it_intended(own_demo_engine: Engine) -> None:
    lives = [Life(own_demo_engine, take(own_demo_engine, a_draft()).outage_id)]
    planning, kept = Planning(own_demo_engine), []
    with Session(own_demo_engine) as session, session.begin():
        ensure_shifts(session, NOW, NOW + timedelta(days=1))
        projection.append(session, lives[0].state.id, lives[0].unsent(), lives[0].state)
    for minute in range(2):
        made = planning.whole(
            m.PlanAsk(district="jp", mode=Mode.AUTO, now=NOW + timedelta(minutes=minute))
        )
        with Session(own_demo_engine) as session:
            kept.append(documents.get(session, made.plan or "", "plan") or "")

    first, second = (Plan.model_validate_json(each) for each in kept)
    assert first.intended is None
    assert second.intended == first.digest()


def test_a_board_plans_around_breaks_and_rest_where_the_policy_asks_for_them(
    own_demo_engine: Engine,
) -> None:
    wanted = {"break_min": 30, "break_after_hours": 0.0, "turn_rest_hours": 11.0}
    policy = a_policy()
    planning = policy.planning.model_copy(update=wanted)
    with Session(own_demo_engine) as session, session.begin():
        chosen = policies.keep(session, policy.model_copy(update={"planning": planning}))
        change = text("UPDATE districts SET policy_hash = :hash WHERE id = 'jp'")
        session.execute(change, {"hash": chosen})
        session.execute(text("DELETE FROM shifts"))
        for name, begun in (("before", NOW - timedelta(hours=15)), ("now", NOW)):
            shift = {"id": name, "since": begun, "until": begun + timedelta(hours=8)}
            session.execute(
                text(
                    "INSERT INTO shifts (id, crew_id, starts_at, ends_at, max_duty_s)"
                    " VALUES (:id, 'jp-crew-01', :since, :until, 36000)"
                ),
                shift,
            )
    life = Life(own_demo_engine, take(own_demo_engine, a_draft()).outage_id)
    with Session(own_demo_engine) as session, session.begin():
        projection.append(session, life.state.id, life.unsent(), life.state)
        seen = look(session, m.PlanAsk(district="jp", mode=Mode.AUTO, now=NOW))
    (crew,) = build(m.PlanAsk(district="jp", mode=Mode.AUTO, now=NOW), seen.tasks, seen.crews,
                    seen.policies).crews  # fmt: skip

    assert crew.rested_at == NOW + timedelta(hours=4)
    assert crew.due_break is not None
    assert crew.due_break.latest == NOW + timedelta(hours=2)


def test_a_crew_that_keeps_an_order_at_another_time_is_told_once_and_not_called_off(
    own_demo_engine: Engine,
) -> None:
    life = Life(own_demo_engine, take(own_demo_engine, a_draft()).outage_id)
    planning, task = Planning(own_demo_engine), life.state.tasks[0].id

    def keep() -> None:
        with Session(own_demo_engine) as session, session.begin():
            projection.append(session, life.state.id, life.unsent(), life.state)

    def asked(ledger: tuple[m.Placing, ...] = ()) -> m.PlanBrief:
        return planning.whole(m.PlanAsk(district="jp", mode=Mode.AUTO, now=NOW, ledger=ledger))

    with Session(own_demo_engine) as session, session.begin():
        ensure_shifts(session, NOW, NOW + timedelta(days=1))
    keep()
    (given,) = asked().moves
    crew, stale = given.crew or "", NOW + timedelta(hours=2)
    life.act(a.Assign(task=task, crew=crew, epoch=1, eta=stale), role=Role.BOARD)
    keep()
    (move,) = asked().moves
    told = m.Placing(task=task, crew=crew, epoch=2, outage_seq=life.state.seq + 1, eta=move.eta)

    assert (move.task, move.crew, move.holder, move.eta) == (task, crew, crew, given.eta)
    assert move.borrow_until is None
    assert asked(ledger=(told,)).moves == ()
    life.act(a.Reschedule(task=task, crew=crew, epoch=2, eta=move.eta or NOW), role=Role.BOARD)
    keep()
    assert asked().moves == ()


def test_work_goes_to_the_crew_that_carries_the_parts_it_needs(own_demo_engine: Engine) -> None:
    life = Life(own_demo_engine, take(own_demo_engine, a_draft()).outage_id)
    with Session(own_demo_engine) as session, session.begin():
        first, *_, laden = (crew.id for crew in snapshots.crews_on_hand(session, "jp", NOW))
        for crew in snapshots.crews_on_hand(session, "jp", NOW):
            carried = {"fuse": 2} if crew.id == laden else {"fuse": 1}
            stock.tell(session, crew.id, carried, by="depot", at=NOW)
        found_to_need(life, first, fuse=2)
        projection.append(session, life.state.id, life.unsent(), life.state)
    made = Planning(own_demo_engine).whole(m.PlanAsk(district="jp", mode=Mode.AUTO, now=NOW))

    assert [(move.task, move.crew) for move in made.moves] == [(f"{life.state.id}/t1", laden)]


def found_to_need(life: Life, crew: str, **parts: int) -> None:
    """A crew sees on site what the repair needs, waits for it and is called away."""
    task, phone = life.state.tasks[0].id, {"role": Role.CREW, "subject": "wu", "crew": crew}
    life.act(a.Assign(task=task, crew=crew, epoch=1), role=Role.BOARD)
    life.act(a.Depart(task=task), **phone)
    life.act(a.Arrive(task=task, position=life.state.at), **phone)
    for part, count in parts.items():
        life.act(NeedParts(task=task, part=part, count=count), **phone)
    life.act(a.BeginWork(task=task), **phone)
    life.act(a.Hold(task=task, reason="material"), **phone)
    away = a.Release(task=task, crew=crew, epoch=2, reason="needed_elsewhere")
    life.act(away, role=Role.BOARD)
