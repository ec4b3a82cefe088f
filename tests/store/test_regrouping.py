"""Reports go from one order to another and are never lost, doubled or promised later."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from domain.errors import Refused
from domain.kinds import Hazard
from store import merging, outages, splitting
from store.callbacks import open_for
from store.merging import Handing
from store.splitting import Wanted
from tests.store.builders import NOW, a_draft, take, the_policy

HERE, THERE, FAR = "jp-f1-s1-t1-p1", "jp-f2-s1-t1-p1", "jp-f3-s2-t1-p1"


def rows(engine: Engine, query: str, **given: object) -> list:
    with engine.connect() as connection:
        return list(connection.execute(text(query), given))


def one(engine: Engine, outage: str):
    (row,) = rows(engine, "SELECT * FROM outages WHERE id = :outage", outage=outage)
    return row


def handing(giver: str, taker: str, **changes: object) -> Handing:
    given = {"id": f"{giver}/g9", "now": NOW, "cleared": frozenset(), "cleared_watermark": 0}
    return Handing(giver=giver, taker=taker, **(given | changes))


def test_the_earliest_clock_counts_and_nobody_is_promised_a_later_time(
    own_demo_engine: Engine,
) -> None:
    early = take(own_demo_engine, a_draft(HERE))
    late = take(own_demo_engine, a_draft(THERE), now=NOW + timedelta(minutes=20))
    merging.hand_over(own_demo_engine, handing(early.outage_id, late.outage_id))
    taker, giver = one(own_demo_engine, late.outage_id), one(own_demo_engine, early.outage_id)
    told = rows(own_demo_engine, "SELECT outage_id, promised_arrival_at FROM reports ORDER BY seq")
    (move,) = rows(own_demo_engine, "SELECT * FROM report_moves")

    assert (taker.report_count, taker.clock_start) == (2, NOW)
    assert taker.arrival_deadline == early.promised_arrival_at
    assert (giver.report_count, giver.merged_into) == (0, taker.id)
    assert giver.sealed_at is not None
    assert [row.outage_id for row in told] == [taker.id, taker.id]
    assert told[0].promised_arrival_at == early.promised_arrival_at
    assert (move.told, move.stands) == (early.promised_arrival_at, early.promised_arrival_at)


def test_handing_over_twice_moves_nothing_more(own_demo_engine: Engine) -> None:
    a, b = take(own_demo_engine, a_draft(HERE)), take(own_demo_engine, a_draft(THERE))
    for _ in range(2):
        merging.hand_over(own_demo_engine, handing(a.outage_id, b.outage_id))

    assert one(own_demo_engine, b.outage_id).report_count == 2
    assert len(rows(own_demo_engine, "SELECT FROM report_moves")) == 1


def test_a_report_that_comes_after_the_hand_over_joins_the_order_that_took_over(
    own_demo_engine: Engine,
) -> None:
    a, b = take(own_demo_engine, a_draft(HERE)), take(own_demo_engine, a_draft(THERE))
    merging.hand_over(own_demo_engine, handing(a.outage_id, b.outage_id))
    later = take(own_demo_engine, a_draft(HERE), now=NOW + timedelta(minutes=1))

    assert later.outage_id == b.outage_id


def test_taken_back_both_orders_stand_as_before(own_demo_engine: Engine) -> None:
    a = take(own_demo_engine, a_draft(HERE, hazards=["fire"]))
    b = take(own_demo_engine, a_draft(THERE), now=NOW + timedelta(minutes=20))
    names = (
        "report_count", "clock_start", "arrival_deadline", "hazards", "transformers",
        "customers_affected", "life_support", "key_class", "sealed_at", "merged_into",
    )  # fmt: skip
    before = [[getattr(one(own_demo_engine, x.outage_id), n) for n in names] for x in (a, b)]
    merging.hand_over(own_demo_engine, handing(a.outage_id, b.outage_id))
    for _ in range(2):
        merging.take_back(own_demo_engine, f"{a.outage_id}/g9", a.outage_id, b.outage_id, NOW)
    after = [[getattr(one(own_demo_engine, x.outage_id), n) for n in names] for x in (a, b)]

    assert after == before
    promised = rows(own_demo_engine, "SELECT promised_arrival_at AS at FROM reports ORDER BY seq")
    assert [row.at for row in promised] == [a.promised_arrival_at, b.promised_arrival_at]


def test_a_danger_made_safe_stays_so_and_one_that_is_open_is_new(own_demo_engine: Engine) -> None:
    wire = take(own_demo_engine, a_draft(HERE, hazards=["wire_down"]))
    fire = take(own_demo_engine, a_draft(FAR, hazards=["fire"]))
    b = take(own_demo_engine, a_draft(THERE))
    heard = one(own_demo_engine, wire.outage_id).hazards_watermark
    safe = {"cleared": frozenset({Hazard.WIRE_DOWN}), "cleared_watermark": heard}
    merging.hand_over(own_demo_engine, handing(wire.outage_id, b.outage_id, **safe))
    after_safe = one(own_demo_engine, b.outage_id)
    merging.hand_over(own_demo_engine, handing(fire.outage_id, b.outage_id))
    after_open = one(own_demo_engine, b.outage_id)

    assert (after_safe.hazards, after_safe.hazards_watermark) == ([], 0)
    assert after_open.hazards == ["fire"]
    assert after_open.hazards_watermark > after_open.report_watermark


@pytest.mark.parametrize("how", ["sealed_at", "restored_at"])
def test_an_order_that_is_over_takes_nothing(own_demo_engine: Engine, how: str) -> None:
    a, b = take(own_demo_engine, a_draft(HERE)), take(own_demo_engine, a_draft(THERE))
    with own_demo_engine.begin() as connection:
        over = text(f"UPDATE outages SET {how} = :now WHERE id = :id")
        connection.execute(over, {"now": NOW, "id": b.outage_id})
    with pytest.raises(Refused) as refusal:
        merging.hand_over(own_demo_engine, handing(a.outage_id, b.outage_id))

    assert refusal.value.code == "merge_target_over"
    assert one(own_demo_engine, a.outage_id).report_count == 1


def test_an_order_of_another_district_takes_nothing(own_demo_engine: Engine) -> None:
    a, b = take(own_demo_engine, a_draft(HERE)), take(own_demo_engine, a_draft("yl-f1-s1-t1-p1"))
    with Session(own_demo_engine) as session, pytest.raises(Refused) as refusal:
        merging.check(session, a.outage_id, b.outage_id)

    assert refusal.value.code == "merge_across_districts"


def test_what_is_split_off_has_its_own_clock_and_keeps_what_was_told(
    own_demo_engine: Engine,
) -> None:
    first = take(own_demo_engine, a_draft(HERE))
    second = take(own_demo_engine, a_draft(HERE), now=NOW + timedelta(minutes=9))
    assert second.outage_id == first.outage_id
    wanted = Wanted("g1", first.outage_id, (second.report_id,), (), NOW + timedelta(minutes=10))
    told = [splitting.take_out(own_demo_engine, wanted) for _ in range(2)]
    new, old = one(own_demo_engine, told[0].outage), one(own_demo_engine, first.outage_id)
    moved = rows(own_demo_engine, "SELECT * FROM reports WHERE outage_id = :o", o=new.id)

    assert told[0] == told[1]
    assert (told[0].moved, told[0].left.reports) == (1, 1)
    assert (new.clock_start, old.clock_start) == (NOW + timedelta(minutes=9), NOW)
    assert [row.promised_arrival_at for row in moved] == [first.promised_arrival_at]
    assert (new.report_count, old.report_count, new.parent_outage_id) == (1, 1, old.id)
    waiting = rows(own_demo_engine, "SELECT FROM outbox WHERE key = :k", k=f"outage/{new.id}")
    assert len(waiting) == 1


def test_the_reports_of_a_transformer_are_named_by_it(own_demo_engine: Engine) -> None:
    first = take(own_demo_engine, a_draft(HERE))
    others = [take(own_demo_engine, a_draft(f"jp-f1-s1-t2-p{n}")) for n in (1, 2)]
    wanted = Wanted("g1", first.outage_id, (), ("jp-f1-s1-t2",), NOW)
    told = splitting.take_out(own_demo_engine, wanted)
    new, old = one(own_demo_engine, told.outage), one(own_demo_engine, first.outage_id)

    assert {other.outage_id for other in others} == {first.outage_id}
    assert (told.moved, new.transformers, new.transformer_id) == (
        2,
        ["jp-f1-s1-t2"],
        "jp-f1-s1-t2",
    )
    assert (old.transformers, old.customers_affected) == (["jp-f1-s1-t1"], 1)
    assert new.customers_affected > 2


@pytest.mark.parametrize("whom", ["nobody", "everybody"])
def test_a_split_takes_some_and_leaves_some(own_demo_engine: Engine, whom: str) -> None:
    told = take(own_demo_engine, a_draft(HERE))
    named = (told.report_id,) if whom == "everybody" else ("rep_of_another",)
    with pytest.raises(Refused) as refusal:
        splitting.take_out(own_demo_engine, Wanted("g1", told.outage_id, named, (), NOW))

    assert (
        refusal.value.code == {"nobody": "split_takes_none", "everybody": "split_takes_all"}[whom]
    )


def test_a_reporter_who_was_on_a_list_before_is_on_the_next_one_too(
    own_demo_engine: Engine,
) -> None:
    """A report is called once for each restoration: the order that took over must count on."""
    a = take(own_demo_engine, a_draft(HERE))
    second = take(own_demo_engine, a_draft(HERE))
    with Session(own_demo_engine) as session, session.begin():
        assert open_for(session, a.outage_id, 1, NOW, the_policy()) == 2
        session.execute(text("UPDATE outages SET restoration_no = 1"))
    wanted = Wanted("g1", a.outage_id, (second.report_id,), (), NOW)
    new = splitting.take_out(own_demo_engine, wanted).outage
    with Session(own_demo_engine) as session, session.begin():
        counts_on = outages.opening(session, new).restorations
        listed = open_for(session, new, counts_on + 1, NOW, the_policy())

    assert (counts_on, listed) == (1, 1)


class Regroupings(RuleBasedStateMachine):
    """Calls, merges, splits and merges taken back, in any order."""

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        with self.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for table in (
                "report_moves",
                "regroupings",
                "outbox",
                "callbacks",
                "reports",
                "outages",
            ):
                connection.execute(text(f"DELETE FROM {table}"))
        self.told: dict[str, object] = {}
        self.now, self.number = NOW, 0
        self.made: list[Handing] = []

    @rule(place=st.sampled_from((HERE, THERE, FAR, "jp-f1-s1-t2-p1", "jp-f4-s1-t1-p1")))
    def somebody_calls(self, place: str) -> None:
        self.now += timedelta(minutes=1)
        told = take(self.engine, a_draft(place), now=self.now)
        self.told[told.report_id] = told.promised_arrival_at

    @rule(data=st.data())
    def two_are_merged(self, data: st.DataObject) -> None:
        known = [row.id for row in rows(self.engine, "SELECT id FROM outages ORDER BY number")]
        if len(known) < 2:
            return
        giver, taker = data.draw(st.permutations(known))[:2]
        self.number += 1
        asked = handing(giver, taker, id=f"g{self.number}", now=self.now)
        before = rows(self.engine, "SELECT id FROM outages WHERE merged_into IS NOT NULL")
        if giver in {row.id for row in before}:
            return  # its workflow would have refused
        try:
            merging.hand_over(self.engine, asked)
        except Refused:
            return
        self.made.append(asked)

    @rule()
    def the_last_merge_is_taken_back(self) -> None:
        if self.made:
            last = self.made.pop()
            if one(self.engine, last.taker).merged_into is None:
                merging.take_back(self.engine, last.id, last.giver, last.taker, self.now)

    @rule(data=st.data())
    def one_is_split(self, data: st.DataObject) -> None:
        found = rows(self.engine, "SELECT id, outage_id FROM reports ORDER BY seq")
        if not found:
            return
        row = data.draw(st.sampled_from(found))
        if one(self.engine, row.outage_id).sealed_at is not None:
            return
        self.number += 1
        wanted = Wanted(f"g{self.number}", row.outage_id, (row.id,), (), self.now)
        try:
            splitting.take_out(self.engine, wanted)
        except Refused:
            return

    @invariant()
    def every_report_is_in_one_order_that_is_open_and_counts_it(self) -> None:
        found = rows(self.engine, "SELECT id, outage_id, promised_arrival_at FROM reports")
        counted = {r.id: r for r in rows(self.engine, "SELECT * FROM outages")}
        of_each = Counter(row.outage_id for row in found)

        assert {row.id for row in found} == set(self.told)
        assert all(counted[row.outage_id].sealed_at is None for row in found)
        assert {o: row.report_count for o, row in counted.items() if row.report_count} == of_each
        assert all(row.promised_arrival_at <= self.told[row.id] for row in found)

    @invariant()
    def the_clock_is_no_later_than_the_first_report(self) -> None:
        late = rows(
            self.engine,
            "SELECT o.id FROM outages o JOIN reports r ON r.outage_id = o.id"
            " WHERE o.clock_start > r.received_at",
        )
        assert late == []


@pytest.mark.timeout(300)
def test_reports_are_conserved_whatever_is_merged_and_split(own_demo_engine: Engine) -> None:
    machine = type("OnThis", (Regroupings,), {"engine": own_demo_engine})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
