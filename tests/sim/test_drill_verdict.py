"""The verdict: what was lost and doubled is found, whoever lost it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.words import say
from sim.drill.inquiry import Findings, OutageFound, ReportFound
from sim.drill.journal import Entry, Journal, read_journal
from sim.drill.table import faults, rows
from sim.drill.verdict import draw_verdict

START = datetime(2026, 1, 7, 1, tzinfo=UTC)


def entry(what: str, minute: float = 0, **fields: Any) -> Entry:
    return Entry(0, what, START, START + timedelta(minutes=minute), fields)


def taken(ref: str = "a", report: str = "rep_1", outage: str = "out_1") -> list[Entry]:
    return [
        entry("report.sending", ref=ref, tries=1),
        entry(
            "report.acknowledged", ref=ref, report=report, outage=outage, area="urban",
            promised=(START + timedelta(minutes=45)).isoformat(), replayed=False,
        ),
    ]  # fmt: skip


def found(outcome: str | None = "satisfied", stage: str = "closed") -> Findings:
    return Findings(
        reports={"rep_1": ReportFound("out_1", outcome)},
        outages={"out_1": OutageFound(stage, 0)},
        noted={"a": {"rep_1"}},
    )


def arrival(minute: float) -> Entry:
    at = (START + timedelta(minutes=minute)).isoformat()
    return entry("action.done", kind="arrive", outage="out_1", occurred_at=at)


def test_a_report_with_outcome_and_closed_outage_is_neither_lost_nor_doubled():
    verdict = draw_verdict(taken(), found())

    assert verdict.good
    assert (verdict.sent, verdict.acknowledged, verdict.outages, verdict.closed) == (1, 1, 1, 1)


def test_an_acknowledged_report_that_is_absent_unanswered_or_open_is_lost():
    absent = draw_verdict(taken(), Findings(reports={"rep_1": None}))
    unanswered = draw_verdict(taken(), found(outcome=None))
    still_open = draw_verdict(taken(), found(stage="callback"))
    detached = draw_verdict(taken(), Findings(reports={"rep_1": ReportFound(None, "satisfied")}))

    assert [v.lost[0].why for v in (absent, unanswered, still_open, detached)] == [
        "absent",
        "no outcome, outage out_1 is closed",
        "outage out_1 is callback",
        "without outage",
    ]


def test_one_key_with_two_reports_is_doubled_whether_told_or_found_in_a_list():
    told = draw_verdict([*taken(), *taken(report="rep_2")], found())
    listed = found()
    listed.noted["a"].add("rep_3")

    assert told.doubled[0].why == "became rep_1, rep_2"
    assert draw_verdict(taken(), listed).doubled[0].why == "became rep_1, rep_3"


def test_a_report_called_back_to_an_outcome_twice_is_doubled():
    done = {"report": "rep_1", "told": "answered", "outcome": "satisfied", "ref": "x"}
    entries = [*taken(), entry("callback.done", **done), entry("callback.done", **done)]

    verdict = draw_verdict(entries, found())

    assert verdict.doubled[0].why == "called back to an outcome 2 times"


def test_a_report_without_answer_is_unsure_and_not_lost():
    entries = [entry("report.sending", ref="b", tries=1), entry("report.unsure", ref="b")]

    verdict = draw_verdict(entries, Findings())

    assert (verdict.sent, verdict.unsure, verdict.retried, verdict.good) == (1, 1, 1, True)


def test_an_arrival_counts_by_the_earliest_promise_and_none_counts_as_late():
    on_time = draw_verdict([*taken(), arrival(50), arrival(44)], found())
    late = draw_verdict([*taken(), arrival(46)], found())
    never = draw_verdict(taken(), found())

    assert on_time.areas["urban"].on_time == 1
    assert on_time.mean_arrival_minutes == 44
    assert late.areas["urban"].on_time == 0
    assert (never.areas["urban"].outages, never.areas["urban"].on_time) == (1, 0)


def test_the_table_speaks_both_languages_and_names_what_was_lost():
    verdict = draw_verdict(taken(), found(outcome=None))

    english, chinese = dict(rows(verdict, "en")), dict(rows(verdict, "zh"))

    assert english[say("drill.lost", "en")] == chinese[say("drill.lost", "zh")] == "1"
    assert len(english) == len(chinese)
    assert "rep_1" in faults(verdict, "en")[0]
    assert "丢失 rep_1" in faults(verdict, "zh")[0]


def test_a_journal_reads_back_what_was_written_and_never_overwrites(tmp_path):
    journal = Journal(tmp_path / "j.jsonl", durable=True)
    journal.write("report.sending", START, ref="甲", tries=1)
    journal.write("report.unsure", START, ref="甲", fault="timeout")
    journal.close()

    first, second = read_journal(tmp_path / "j.jsonl")

    assert (first.number, first.what, first["ref"], first.house) == (
        1,
        "report.sending",
        "甲",
        START,
    )
    assert second["fault"] == "timeout"
