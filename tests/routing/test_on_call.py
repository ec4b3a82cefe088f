"""Who is on call or reserved reaches the planner as the policy says."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain.board import CrewOnHand, OnCall
from domain.outage import TaskState
from domain.policy import Policy
from routing.inspection import check
from routing.plan_input import build, moves_of, standing
from routing.planner import plan
from routing.snapshot import Crew, Snapshot
from tests.domain.builders import policy_named
from tests.routing.builders import AT, minutes
from tests.routing.hands import AnAsk, a_hand, an_order

TURN_ENDED = AT - timedelta(hours=20)


def with_prices(**planning: Any) -> Policy:
    given = policy_named("state_grid_ceiling")
    return given.model_copy(update={"planning": given.planning.model_copy(update=planning)})


POLICY = with_prices(recall_price=30.0, recall_rest_hours=11.0, recall_delay_min=30)


def on_call(name: str, *, called: Any = None, ended: Any = TURN_ENDED) -> CrewOnHand:
    return replace(a_hand(name, 0), on_call=OnCall(turn_ended=ended, called_at=called))


def seen(hand: CrewOnHand, *, policy: Policy = POLICY, **task: Any) -> tuple[Crew, ...]:
    order = an_order("new", 0, policy, **task)
    return build(AnAsk(), [order], [hand], {policy.digest(): policy}).crews


def test_a_crew_on_call_needs_its_time_to_get_ready_and_its_rest() -> None:
    (rested,) = seen(on_call("c1"))
    (tired,) = seen(on_call("c1", ended=AT - timedelta(hours=1)))

    assert rested.recall
    assert rested.free_at == AT + minutes(30)
    assert tired.rested_at == AT + timedelta(hours=10)


def test_nobody_is_called_out_where_the_policy_has_no_price_for_it() -> None:
    bare = with_prices(recall_price=0.0)

    assert seen(on_call("c1"), policy=bare) == ()
    assert len(seen(on_call("c1", called=AT), policy=bare)) == 1


def test_who_was_called_out_costs_no_more_and_is_ready_when_it_was_to_be() -> None:
    (called,) = seen(on_call("c1", called=AT - minutes(20), ended=AT - minutes(30)))
    (told,) = seen(on_call("c1"), state=TaskState.DISPATCHED, crew="c1")
    (working,) = seen(on_call("c1"), state=TaskState.WORKING, crew="c1", arrived_at=AT)

    assert (called.recall, called.free_at) == (False, AT + minutes(10))
    assert called.rested_at is None
    assert not told.recall
    assert (working.recall, working.free_at) == (False, None)


def test_a_reservation_is_told_to_the_planner() -> None:
    (kept,) = seen(replace(a_hand("c1", 0), reserved_from=AT))

    assert kept.reserved_from == AT


def test_a_crew_is_called_out_for_what_would_be_much_too_late() -> None:
    orders = [an_order(f"o{number}", 0.1, POLICY) for number in range(3)]
    crews = [replace(a_hand("far", 4), on_call=None), on_call("rest")]
    policies = {POLICY.digest(): POLICY}
    snapshot = build(AnAsk(), orders, crews, policies)
    made = plan(snapshot, standing(snapshot, orders))
    moves = moves_of(made, orders, crews, policies, AT)

    assert check(snapshot, made) == ()
    assert {move.crew for move in moves} == {"rest"}
    assert made.cost.callouts == 30.0
    assert isinstance(snapshot, Snapshot)
