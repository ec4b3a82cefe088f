"""What a drill reads: recorded tables and streams, and days picked from them."""

import gzip
import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sim.drill.generate import generate_events, write_events
from sim.drill.records import RecordsRefused, busiest_day, of_day, read_records

TABLE = """id,municipality,cause,numCustomersOut,dateOff,dateOn,latitude,longitude
7,Ashford,Wire down,12,2026-01-07 15:00:00+00:00,2026-01-07 18:30:00+00:00,51.1,10.2
8,Ashford,,,2026-01-08 03:00:00+00:00,,51.2,10.3
"""
VANCOUVER = ZoneInfo("America/Vancouver")


def test_a_table_is_read_earliest_first_and_an_unknown_end_gets_a_length(tmp_path):
    file = tmp_path / "days.csv.gz"
    file.write_bytes(gzip.compress(TABLE.encode()))

    first, second = read_records(file)

    assert (first.id, first.customers, first.cause) == ("7", 12, "Wire down")
    assert first.on - first.off == timedelta(hours=3, minutes=30)
    assert second.customers == 1
    assert second.on - second.off == timedelta(hours=3)


def test_a_stream_is_folded_and_gone_stands_for_restored(tmp_path):
    off = datetime(2026, 1, 7, 12, tzinfo=UTC)
    new = {
        "t": off.timestamp(), "ev": "new", "id": 1, "lat": 51.0, "lon": 10.0, "muni": "Ashford",
        "dateOff": off.timestamp() * 1000, "numCustomersOut": 3, "cause": "", "dateOn": None,
    }  # fmt: skip
    upd = {"t": 0, "ev": "upd", "id": 1, "dateOn": (off.timestamp() + 60) * 1000}
    gone = {"t": off.timestamp() + 7200, "ev": "gone", "id": 1}
    file = tmp_path / "storm.events.jsonl"
    file.write_text("".join(json.dumps(event) + "\n" for event in (new, upd, gone)))

    (record,) = read_records(file)

    assert record.on == off + timedelta(hours=2)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.csv", TABLE.replace("51.2", "north"), "x.csv:3: could not convert"),
        ("x.csv", TABLE.splitlines()[0], "there are no outages"),
        ("x.jsonl", '{"ev": "new"}\n', "x.jsonl:1: missing 'id'"),
        ("x.jsonl", '{"ev": "new", "id": 1}\n', "x.jsonl:1: missing 'dateOff'"),
        ("x.xml", "", "a drill reads"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_line_and_fault(tmp_path, name, text, said):
    file = tmp_path / name
    file.write_text(text)

    with pytest.raises(RecordsRefused, match=said):
        read_records(file)


def test_days_are_local_days_of_the_record(tmp_path):
    file = tmp_path / "days.csv"
    file.write_text(TABLE)
    records = read_records(file)

    assert busiest_day(records, VANCOUVER) == date(2026, 1, 7)
    assert len(of_day(records, date(2026, 1, 7), VANCOUVER, timedelta(hours=24))) == 2
    assert len(of_day(records, date(2026, 1, 7), VANCOUVER, timedelta(hours=12))) == 1


def test_the_same_seed_invents_the_same_stream_and_it_can_be_read(tmp_path):
    begins, span = datetime(2026, 1, 7, tzinfo=UTC), timedelta(hours=24)
    write_events(tmp_path / "a.events.jsonl", 30, seed=4)

    records = read_records(tmp_path / "a.events.jsonl")

    assert generate_events(30, 4, begins, span) == generate_events(30, 4, begins, span)
    assert generate_events(30, 4, begins, span) != generate_events(30, 5, begins, span)
    assert len(records) == 30
    assert all(begins <= record.off < begins + span < record.on + span for record in records)
