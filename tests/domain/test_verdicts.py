"""Verdicts drawn from statements of the field, in whatever order they come."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.actions import ContactCustomer
from domain.field import FieldFact, Verdict, judge
from domain.place import Point
from tests.domain.builders import FAR_AWAY, OUTAGE, SITE, START, minutes, policy_named

POLICY = policy_named()
PROMISE = START + minutes(60)


def a_fact(
    kind: str = "arrive",
    *,
    at: float = 30,
    heard: float | None = None,
    position: Point | None = SITE,
    device: str = "phone-1",
    seq: int = 1,
    action: str = "{}",
) -> FieldFact:
    return FieldFact(
        id=f"fact_{device}_{seq}",
        action_id=f"act-{device}-{seq}",
        outage=OUTAGE,
        task=f"{OUTAGE}/t1",
        crew="crew-1",
        subject="lin",
        kind=kind,
        device=device,
        device_seq=seq,
        occurred_at=START + minutes(at),
        received_at=START + minutes(at if heard is None else heard),
        position=position,
        action=action,
    )


def verdict_of(*facts: FieldFact, reported_at: datetime | None = START) -> Verdict:
    return judge(facts, PROMISE, SITE, POLICY, reported_at=reported_at)


FACTS = st.builds(
    a_fact,
    st.sampled_from(["arrive", "contact_customer", "restore", "complete", "depart"]),
    at=st.integers(-30, 120),
    heard=st.integers(-30, 600),
    position=st.sampled_from([None, SITE, FAR_AWAY]),
    device=st.sampled_from(["phone-1", "phone-2"]),
    seq=st.integers(0, 5),
)


@given(facts=st.lists(FACTS, max_size=8, unique_by=lambda f: f.id), data=st.data())
def test_any_order_and_repetition_of_delivery_gives_the_same_verdict(
    facts: list[FieldFact], data: st.DataObject
) -> None:
    again = data.draw(st.permutations(facts)) + facts[:3]

    assert verdict_of(*again) == verdict_of(*facts)


@given(facts=st.lists(FACTS, max_size=6, unique_by=lambda f: f.id))
def test_a_time_that_counts_is_never_after_we_heard_nor_before_the_report(
    facts: list[FieldFact],
) -> None:
    verdict = verdict_of(*facts)
    arrivals = [fact for fact in facts if fact.kind == "arrive"]
    slack = timedelta(seconds=POLICY.field.clock_tolerance_s)

    assert (verdict.arrived_at is None) == (not arrivals)
    if verdict.arrived_at is not None:
        assert verdict.arrived_at <= min(fact.received_at for fact in arrivals)
        assert verdict.on_time == (verdict.arrived_at <= PROMISE)
        heard_late = [f for f in arrivals if f.received_at >= START - slack]
        assert verdict.arrived_at >= START - slack or len(heard_late) < len(arrivals)


def test_a_proven_arrival_synced_late_counts_at_the_phones_time() -> None:
    verdict = verdict_of(a_fact(at=50, heard=180))

    assert (verdict.arrived_at, verdict.arrival) == (START + minutes(50), "proven")
    assert verdict.on_time is True


def test_a_late_claim_without_proof_counts_when_we_heard_it_and_is_odd() -> None:
    verdict = verdict_of(a_fact(at=50, heard=180, position=None))

    assert (verdict.arrived_at, verdict.arrival) == (START + minutes(180), "unproven")
    assert verdict.on_time is False
    assert verdict.odd == ("late claim without proof: phone-1",)


def test_a_late_claim_far_from_the_site_is_no_proof() -> None:
    verdict = verdict_of(a_fact(at=50, heard=180, position=FAR_AWAY))

    assert verdict.arrived_at == START + minutes(180)


def test_an_arrival_told_at_once_counts_unproven() -> None:
    verdict = verdict_of(a_fact(at=50, heard=52, position=None))

    assert (verdict.arrived_at, verdict.arrival) == (START + minutes(50), "unproven")


def test_a_later_proof_amends_the_verdict() -> None:
    claimed = a_fact(at=50, heard=180, position=None, seq=2)
    before = verdict_of(claimed)
    after = verdict_of(claimed, a_fact(at=45, heard=300, seq=1))

    assert before.on_time is False
    assert (after.on_time, after.arrival) == (True, "proven")


def test_a_phone_clock_ahead_counts_at_our_time() -> None:
    verdict = verdict_of(a_fact(at=90, heard=40))

    assert verdict.arrived_at == START + minutes(40)
    assert verdict.odd == ("phone clock ahead: phone-1",)


def test_a_phone_clock_before_the_report_counts_at_our_time() -> None:
    verdict = verdict_of(a_fact(at=-180, heard=40))

    assert verdict.arrived_at == START + minutes(40)
    assert verdict.odd == ("phone clock behind: phone-1",)


def test_the_crew_released_meanwhile_did_arrive_where_its_position_says_so() -> None:
    other = a_fact(at=80, device="phone-2")

    verdict = verdict_of(other, a_fact(at=40, heard=100, device="phone-1"))

    assert (verdict.arrived_at, verdict.arrival) == (START + minutes(40), "proven")


def test_a_customer_nobody_reached_was_not_contacted() -> None:
    tried = ContactCustomer(task=f"{OUTAGE}/t1", reached=False).canonical()
    reached = ContactCustomer(task=f"{OUTAGE}/t1").canonical()

    assert verdict_of(a_fact("contact_customer", action=tried)).contacted_at is None
    assert verdict_of(a_fact("contact_customer", action=reached)).contacted_at is not None


def test_supply_back_before_anybody_arrived_is_odd() -> None:
    verdict = verdict_of(a_fact(at=50), a_fact("restore", at=40, seq=2))

    assert verdict.odd == ("restored before arrived",)


def test_without_facts_there_is_no_verdict_on_time() -> None:
    verdict = verdict_of()

    assert (verdict.arrival, verdict.on_time) == ("none", None)
