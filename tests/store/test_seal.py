"""Sealing settles an outage's membership against every racing report."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from sqlalchemy import Engine, text

from store.seal import Missing, Sealed, try_seal
from tests.store.builders import NOW, a_draft, take


def give_outcomes(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE reports SET outcome = 'satisfied'"))
        connection.execute(text("UPDATE outages SET acked_watermark = report_watermark"))


def test_a_report_without_outcome_keeps_the_outage_open(own_demo_engine: Engine) -> None:
    told = take(own_demo_engine)
    answer = try_seal(own_demo_engine, told.outage_id, NOW, heard=10**9)

    assert isinstance(answer, Missing)
    assert answer.reports == 1


def test_a_report_the_workflow_has_not_heard_of_keeps_it_open(own_demo_engine: Engine) -> None:
    told = take(own_demo_engine)
    give_outcomes(own_demo_engine)
    answer = try_seal(own_demo_engine, told.outage_id, NOW, heard=0)

    assert isinstance(answer, Missing)


def test_sealing_twice_is_harmless_and_later_calls_open_anew(own_demo_engine: Engine) -> None:
    told = take(own_demo_engine)
    give_outcomes(own_demo_engine)

    assert isinstance(try_seal(own_demo_engine, told.outage_id, NOW), Sealed)
    assert isinstance(try_seal(own_demo_engine, told.outage_id, NOW), Sealed)
    assert take(own_demo_engine).outage_id != told.outage_id


def test_a_report_racing_the_seal_is_in_or_opens_anew_but_never_lost(
    own_demo_engine: Engine,
) -> None:
    told = take(own_demo_engine)
    for round_ in range(12):
        give_outcomes(own_demo_engine)
        gate = Barrier(2)
        now = NOW + timedelta(minutes=round_)

        def seal(outage: str = told.outage_id, gate: Barrier = gate) -> Sealed | Missing:
            gate.wait()
            return try_seal(own_demo_engine, outage, NOW)

        def report(gate: Barrier = gate, now: object = now) -> object:
            gate.wait()
            return take(own_demo_engine, a_draft(), now=now)  # type: ignore[arg-type]

        with ThreadPoolExecutor(2) as pool:
            sealing, reporting = pool.submit(seal), pool.submit(report)
            sealed, joined = sealing.result(), reporting.result()

        assert isinstance(sealed, Sealed) == (joined.outage_id != told.outage_id)
        told = joined  # type: ignore[assignment]

    with own_demo_engine.connect() as connection:
        lost = connection.scalar(text(
            "SELECT count(*) FROM reports r JOIN outages o ON o.id = r.outage_id"
            " WHERE r.outcome IS NULL AND o.sealed_at IS NOT NULL"))  # fmt: skip
    assert lost == 0
