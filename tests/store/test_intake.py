"""One transaction takes a report, finds its outage and answers the caller."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, text

from domain.errors import Refused
from tests.store.builders import NOW, REAL, Life, a_draft, take, the_policy


def scalar(engine: Engine, query: str, **params: object) -> object:
    with engine.connect() as connection:
        return connection.scalar(text(query), params)


def test_a_first_call_opens_an_outage_with_an_owner_and_a_promise(own_demo_engine: Engine) -> None:
    told = take(own_demo_engine, subject="li")

    assert told.opened
    assert told.district_id == "jp"
    assert told.area_class == "urban"
    assert told.first_owner == "li"
    assert told.promised_arrival_at == NOW + timedelta(minutes=60)
    assert scalar(own_demo_engine, "SELECT count(*) FROM outbox WHERE kind = 'reported'") == 1


def test_a_report_nobody_in_person_took_belongs_to_the_hotline(own_demo_engine: Engine) -> None:
    told = take(own_demo_engine, a_draft(channel="web"), subject="customer-7")

    assert told.first_owner == "jp-hotline"


def test_a_second_call_under_the_section_joins_and_keeps_the_first_clock(
    own_demo_engine: Engine,
) -> None:
    first = take(own_demo_engine, a_draft("jp-f1-s1-t1-p1"))
    second = take(
        own_demo_engine,
        a_draft("jp-f1-s1-t4-p2", hazards=["fire"], life_support=True),
        now=NOW + timedelta(minutes=5),
    )

    assert not second.opened
    assert second.outage_id == first.outage_id
    assert second.promised_arrival_at == first.promised_arrival_at
    with own_demo_engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM outages")).one()
    assert (row.report_count, row.hazards, row.life_support) == (2, ["fire"], True)
    assert row.clock_start == NOW
    assert row.customers_affected == 65


def test_a_call_under_another_feeder_opens_its_own_outage(own_demo_engine: Engine) -> None:
    first = take(own_demo_engine, a_draft("jp-f1-s1-t1-p1"))
    second = take(own_demo_engine, a_draft("jp-f5-s1-t1-p1"))

    assert second.outage_id != first.outage_id


def test_an_address_finds_its_service_point_in_both_languages(own_demo_engine: Engine) -> None:
    chinese = take(own_demo_engine, a_draft().model_copy(
        update={"service_point_id": None, "address": "江坪区梅花路3号"}))  # fmt: skip
    english = take(own_demo_engine, a_draft().model_copy(
        update={"service_point_id": None, "address": "3 Plum Road, Jiangping"}))  # fmt: skip

    assert chinese.outage_id == english.outage_id
    assert scalar(own_demo_engine, "SELECT count(DISTINCT service_point_id) FROM reports") == 1


def test_a_replayed_key_gets_the_stored_answer_and_adds_nothing(own_demo_engine: Engine) -> None:
    first = take(own_demo_engine, key=("key-1", "hash-1"))
    again = take(own_demo_engine, key=("key-1", "hash-1"), now=NOW + timedelta(hours=5))

    assert again == first.model_copy(update={"repeated": True})
    assert scalar(own_demo_engine, "SELECT count(*) FROM reports") == 1


def test_a_key_with_another_body_is_refused(own_demo_engine: Engine) -> None:
    take(own_demo_engine, key=("key-1", "hash-1"))

    with pytest.raises(Refused) as refusal:
        take(own_demo_engine, key=("key-1", "hash-2"))

    assert refusal.value.code == "idempotency_key_reused"


def test_the_same_key_sent_at_once_from_many_sides_makes_one_report(
    own_demo_engine: Engine,
) -> None:
    gate = Barrier(12)

    def send(_: int) -> str:
        gate.wait()
        return take(own_demo_engine, key=("key-1", "hash-1")).report_id

    with ThreadPoolExecutor(12) as pool:
        reports = set(pool.map(send, range(12)))

    assert len(reports) == 1
    assert scalar(own_demo_engine, "SELECT count(*) FROM reports") == 1
    assert scalar(own_demo_engine, "SELECT report_count FROM outages") == 1


def test_an_external_id_delivered_twice_is_one_report(own_demo_engine: Engine) -> None:
    draft = a_draft(channel="meter", source="ami", external_id="event-77")
    first = take(own_demo_engine, draft)
    again = take(own_demo_engine, draft)

    assert again.report_id == first.report_id
    assert again.repeated


@pytest.mark.parametrize(
    ("draft", "code", "pointer"),
    [
        (a_draft("no-such-point"), "service_point_unknown", "/service_point_id"),
        (a_draft((120.0, 29.0)), "outside_service_area", "/at"),
        (a_draft((-29.56, 50.0)), "outside_service_area", "/at"),
    ],
)
def test_a_place_we_do_not_serve_is_refused_with_its_field(
    demo_engine: Engine, draft: object, code: str, pointer: str
) -> None:
    with pytest.raises(Refused) as refusal:
        take(demo_engine, draft)  # type: ignore[arg-type]

    assert (refusal.value.code, refusal.value.pointer) == (code, pointer)
    assert scalar(demo_engine, "SELECT count(*) FROM reports") == 0


def test_swapped_coordinates_are_named_as_such(own_demo_engine: Engine) -> None:
    # The demo lies east of 90 degrees, where a swap cannot even be written; move one area.
    with own_demo_engine.begin() as connection:
        connection.execute(text(
            "UPDATE service_areas SET boundary = ST_Translate(boundary, -60, 0)"
            " WHERE id = 'jp-urban'"))  # fmt: skip

    with pytest.raises(Refused) as refusal:
        take(own_demo_engine, a_draft((29.56, 46.55)))

    assert refusal.value.code == "coordinates_swapped"


def test_a_call_after_restoration_opens_a_linked_outage(own_demo_engine: Engine) -> None:
    first = take(own_demo_engine)
    later = NOW + timedelta(hours=3)
    with own_demo_engine.begin() as connection:
        connection.execute(text("UPDATE outages SET restored_at = :at"), {"at": later})
    second = take(own_demo_engine, now=later + timedelta(minutes=10))

    assert second.opened
    parent = scalar(
        own_demo_engine,
        "SELECT parent_outage_id FROM outages WHERE id = :id",
        id=second.outage_id,
    )
    assert parent == first.outage_id
    assert second.promised_arrival_at == later + timedelta(minutes=70)


def test_two_hundred_first_calls_at_once_are_one_outage(own_demo_engine: Engine) -> None:
    with own_demo_engine.connect() as connection:
        homes = connection.execute(text(
            "SELECT id, ST_X(at) AS lon, ST_Y(at) AS lat FROM service_points"
            " WHERE transformer_id LIKE 'jp-f3-s1-%' ORDER BY id")).all()  # fmt: skip
    gate = Barrier(50)

    def call(i: int) -> tuple[str, int]:
        home = homes[i * 7 % len(homes)]
        draft = a_draft(home.id) if i % 2 else a_draft((home.lon, home.lat), channel="web")
        if i < 50:
            gate.wait()
        told = take(own_demo_engine, draft)
        return told.outage_id, told.number

    with ThreadPoolExecutor(50) as pool:
        told = list(pool.map(call, range(200)))

    assert len({outage for outage, _ in told}) == 1
    assert len({number for _, number in told}) == 200
    with own_demo_engine.connect() as connection:
        row = connection.execute(text(
            "SELECT o.report_count, o.report_watermark, max(r.seq) AS last, count(*) AS reports,"
            " count(DISTINCT r.transformer_id) AS transformers"
            " FROM outages o JOIN reports r ON r.outage_id = o.id GROUP BY o.id"
        )).one()  # fmt: skip
    assert (row.report_count, row.reports, row.transformers) == (200, 200, 5)
    assert row.report_watermark == row.last


def test_calls_without_any_transformer_near_still_meet(own_demo_engine: Engine) -> None:
    with own_demo_engine.begin() as connection:
        connection.execute(text("TRUNCATE transformers CASCADE"))
    gate = Barrier(20)

    def call(i: int) -> str:
        gate.wait()
        return take(own_demo_engine, a_draft((106.551 + i * 1e-4, 29.561))).outage_id

    with ThreadPoolExecutor(20) as pool:
        outages = set(pool.map(call, range(20)))

    assert len(outages) == 1


def test_a_workflow_can_be_begun_from_the_row(own_demo_engine: Engine) -> None:
    told = take(own_demo_engine)
    life = Life(own_demo_engine, told.outage_id)

    assert life.state.id == told.outage_id
    assert life.policy == the_policy()
    assert life.state.reports == 1
    assert REAL > NOW
