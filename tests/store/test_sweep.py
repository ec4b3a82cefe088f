"""What has been kept long enough goes, once, noted, and nothing else does."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from domain.place import Point
from store import histories, meters, photos, positions, retention, sweep
from store.meters import PowerOn
from store.positions import Fix
from store.retention import RetentionRefused
from tests.store.builders import NOW, a_draft, a_kept_picture, a_photo, take

RULES = retention.read()
LATER = NOW + timedelta(days=3000)
PLACE = Point(lon=106.55, lat=29.56)


def rows(engine: Engine, query: str) -> list[object]:
    with engine.connect() as connection:
        return [row[0] for row in connection.execute(text(query))]


def furnish(engine: Engine) -> str:
    """Lay in one thing of every kind a rule is about; returns the report."""
    told = take(
        engine,
        a_draft(reporter_name="Li", reporter_phone="13900000001", note="two floors"),
        key=("key-1", "hash"),
    )
    with Session(engine) as session, session.begin():
        fix = Fix(PLACE, NOW, "phone-1")
        positions.add(session, "jp-crew-01", [fix], NOW)
        session.execute(text("UPDATE outages SET closed_at = :now"), {"now": NOW})
        session.execute(text("UPDATE outbox SET done_at = :now"), {"now": NOW})
        for kind in ("plan", "policy"):
            session.execute(
                text("INSERT INTO documents VALUES (:kind, :kind, '{}', :now)"),
                {"kind": kind, "now": NOW},
            )
        session.execute(
            text("INSERT INTO sign_in_failures VALUES ('digest', 3, :now)"), {"now": NOW}
        )
        for name, family, ends in (("a", "old", NOW), ("b", "live", NOW), ("c", "live", LATER)):
            session.execute(
                text("""
                INSERT INTO refresh_tokens
                    (token_hash, family, client_id, subject, scope, signed_in_at, expires_at)
                VALUES (:name, :family, 'console', 'anna', '', :now, :ends)
                """),
                {"name": name, "family": family, "ends": ends, "now": NOW},
            )
        photos.keep(session, a_photo(told.outage_id, note="two floors"), a_kept_picture())
        words = [PowerOn("w1", "jp-f1-s1-t1-p9", NOW)]
        meters.keep(session, "meters/head", words, NOW)
        histories.put(
            session, workflow_id="outage/x", run_id="r", outage_id=told.outage_id,
            kind="OutageRepair", events=1, body=b"content", digest="d", now=NOW,
        )  # fmt: skip
    return told.report_id


def kept(engine: Engine) -> dict[str, object]:
    tables = ("positions", "idempotency", "outbox", "documents", "histories", "reports")
    return {name: rows(engine, f"SELECT count(*) FROM {name}")[0] for name in tables} | {
        "name": rows(engine, "SELECT reporter_name FROM reports")[0],
        "content": rows(engine, "SELECT body FROM histories")[0],
    }


def test_nothing_goes_before_its_time(own_demo_engine: Engine) -> None:
    furnish(own_demo_engine)
    before = kept(own_demo_engine)
    for each in sweep.run(own_demo_engine, RULES, NOW + timedelta(days=6)):
        assert (each.rule, each.rows) == (each.rule, 0)

    assert kept(own_demo_engine) == before


def test_everything_goes_at_its_time_and_the_facts_stay(own_demo_engine: Engine) -> None:
    report = furnish(own_demo_engine)
    crews = rows(own_demo_engine, "SELECT count(*) FROM crews")[0]
    with Session(own_demo_engine) as session:
        due = sweep.due(session, RULES, LATER)
    swept = sweep.run(own_demo_engine, RULES, LATER, batch=10)
    again = sweep.run(own_demo_engine, RULES, LATER)

    assert due == swept
    assert {each.rule: each.rows for each in swept} == {
        "positions": int(str(crews)) + 1, "idempotency": 1, "outbox": 1,
        "persons": 1, "documents": 1, "histories": 1, "sign_in_codes": 0, "refresh_tokens": 1,
        "sign_in_failures": 1, "power_ons": 1, "photos": 1,
    }  # fmt: skip
    assert [each.rows for each in again] == [0] * 11
    assert kept(own_demo_engine) == {
        "positions": 0, "idempotency": 0, "outbox": 0, "documents": 1, "histories": 1,
        "reports": 1, "name": None, "content": b"",
    }  # fmt: skip
    assert rows(own_demo_engine, "SELECT kind FROM documents") == ["policy"]
    assert rows(own_demo_engine, "SELECT id FROM reports WHERE forgotten_at IS NOT NULL") == [
        report
    ]
    noted = rows(own_demo_engine, "SELECT rule || ' ' || why FROM erasures ORDER BY id")
    assert noted.count("positions retention") == -(-(int(str(crews)) + 1) // 10)
    assert noted.count("sweep retention") == 2
    with Session(own_demo_engine) as session:
        assert histories.outages(session) == []
        assert histories.get(session, "outage/x", "r") is None


def test_the_rules_are_read_from_a_file_and_refused_with_the_place(tmp_path) -> None:
    file = tmp_path / "mine.toml"
    shipped = (retention.files("store") / "retention.toml").read_text(encoding="utf-8")
    file.write_text(shipped.replace("days = 90", "days = 30"), encoding="utf-8")
    assert retention.read(file).positions.days == 30

    file.write_text(shipped.replace("days = 90", "days = 0"), encoding="utf-8")
    with pytest.raises(RetentionRefused, match=r"positions\.days"):
        retention.read(file)
    file.write_text(shipped.replace("[outbox]", "[outbocks]"), encoding="utf-8")
    with pytest.raises(RetentionRefused, match="outbo"):
        retention.read(file)


def test_house_time_counts_where_it_is_house_time(own_demo_engine: Engine) -> None:
    """In a rehearsal that began in 2026 and runs now, a fix of its day is not old."""
    furnish(own_demo_engine)
    with own_demo_engine.begin() as connection:
        connection.execute(
            text("INSERT INTO installation VALUES (1, :real, :house, 1)"),
            {"real": datetime(2036, 1, 1, tzinfo=UTC), "house": NOW},
        )
    swept = sweep.run(own_demo_engine, RULES, datetime(2036, 1, 2, tzinfo=UTC))

    assert {each.rule for each in swept if each.rows} == sweep.REAL_TIME - {"sign_in_codes"}
