"""Sealing settles an outage's membership against every racing report."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from sqlalchemy import Engine, text

from store.seal import Missing, Sealed, try_seal, unseal
from tests.store.builders import NOW, a_draft, take

ALL = 10**9


def give_outcomes(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE reports SET outcome = 'satisfied'"))
        connection.execute(text("UPDATE outages SET acked_watermark = report_watermark"))


def watermark(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT max(report_watermark) FROM outages")) or 0


def test_a_report_without_outcome_keeps_the_outage_open(own_demo_engine: Engine) -> None:
    told = take(own_demo_engine)
    answer = try_seal(own_demo_engine, told.outage_id, NOW, heard=ALL)

    assert isinstance(answer, Missing)
    assert answer.reports == 1


def test_a_report_the_workflow_has_not_heard_of_keeps_it_open(own_demo_engine: Engine) -> None:
    told = take(own_demo_engine)
    give_outcomes(own_demo_engine)
    answer = try_seal(own_demo_engine, told.outage_id, NOW, heard=0)

    assert isinstance(answer, Missing)


def test_a_delivered_signal_is_not_yet_a_report_the_outage_knows(own_demo_engine: Engine) -> None:
    told = take(own_demo_engine)
    heard = watermark(own_demo_engine)
    take(own_demo_engine, now=NOW + timedelta(minutes=1))
    give_outcomes(own_demo_engine)  # the relay has delivered the word of both

    assert isinstance(try_seal(own_demo_engine, told.outage_id, NOW, heard=heard), Missing)


def test_an_unsealed_outage_takes_reports_again_but_a_closed_one_never(
    own_demo_engine: Engine,
) -> None:
    told = take(own_demo_engine)
    give_outcomes(own_demo_engine)
    try_seal(own_demo_engine, told.outage_id, NOW, heard=ALL)
    unseal(own_demo_engine, told.outage_id)
    joined = take(own_demo_engine, now=NOW + timedelta(minutes=1))
    give_outcomes(own_demo_engine)
    try_seal(own_demo_engine, told.outage_id, NOW, heard=ALL)
    with own_demo_engine.begin() as connection:
        connection.execute(
            text("UPDATE outages SET closed_at = :now WHERE id = :id"),
            {"now": NOW, "id": told.outage_id},
        )
    unseal(own_demo_engine, told.outage_id)

    assert joined.outage_id == told.outage_id
    assert take(own_demo_engine, now=NOW + timedelta(minutes=2)).outage_id != told.outage_id


def test_sealing_twice_is_harmless_and_later_calls_open_anew(own_demo_engine: Engine) -> None:
    told = take(own_demo_engine)
    give_outcomes(own_demo_engine)

    assert isinstance(try_seal(own_demo_engine, told.outage_id, NOW, heard=ALL), Sealed)
    assert isinstance(try_seal(own_demo_engine, told.outage_id, NOW, heard=ALL), Sealed)
    assert take(own_demo_engine).outage_id != told.outage_id


def test_a_report_racing_the_seal_is_in_or_opens_anew_but_never_lost(
    own_demo_engine: Engine,
) -> None:
    told = take(own_demo_engine)
    for round_ in range(12):
        give_outcomes(own_demo_engine)
        heard = watermark(own_demo_engine)
        gate = Barrier(2)
        now = NOW + timedelta(minutes=round_)

        def seal(
            outage: str = told.outage_id, gate: Barrier = gate, heard: int = heard
        ) -> Sealed | Missing:
            gate.wait()
            return try_seal(own_demo_engine, outage, NOW, heard=heard)

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
