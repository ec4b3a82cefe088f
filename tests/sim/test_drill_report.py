"""The report of a drill: numbers from its journal, and one page that says the same in both."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from sim.drill.account import Account, give_account
from sim.drill.inquiry import Findings, OutageFound, ReportFound
from sim.drill.journal import Entry
from sim.drill.page import write_page
from sim.drill.verdict import draw_verdict

START = datetime(2026, 1, 7, 1, tzinfo=UTC)


def entry(what: str, minute: float = 0, **fields: Any) -> Entry:
    return Entry(0, what, START, START + timedelta(minutes=minute), fields)


def at(minute: float) -> str:
    return (START + timedelta(minutes=minute)).isoformat()


def said(kind: str, minute: float, outage: str = "out_1", **fields: Any) -> Entry:
    told = {"crew": "c-1", "kind": kind, "outage": outage, "occurred_at": at(minute)}
    return entry("action.done", minute, **told, **fields)


def taken(ref: str, report: str, minute: float, outage: str = "out_1") -> list[Entry]:
    return [
        entry("report.sending", minute, ref=ref, tries=1),
        entry(
            "report.acknowledged", minute, ref=ref, report=report, outage=outage, area="urban",
            promised=at(50), replayed=False,
        ),
    ]  # fmt: skip


JOURNAL = [
    entry("drill.setting", source="a <day> & more", zone="Asia/Shanghai", day="2026-01-07"),
    entry("drill.begins", seed=1, run="run"),
    *(entry("drill.crew", crew=crew) for crew in ("c-1", "c-2")),
    entry("fault", fault="f1", kind="ordinary", off=at(5), homes=10),
    entry("fault", fault="f2", kind="planned", off=at(50), homes=2),
    *taken("a", "rep_1", 8),
    *taken("b-m1", "rep_2", 9),
    *taken("c", "rep_3", 70, "out_2"),
    entry("killed", 20, part="relay", down_s=1.5, after=1),
    said("depart", 20),
    entry("crew.drives", 20, crew="c-1", metres=4_200),
    said("arrive", 40),
    said("give_estimate", 45, etr=at(60)),
    said("give_estimate", 58, etr=at(80)),
    entry("lit", 65, faults=["f1"], outage="out_1", crew="c-1"),
    said("restore", 65),
    said("complete", 70),
    said("give_estimate", 80, "out_2", etr=at(85)),
    entry("lit", 95, faults=["f2"], outage="out_2", crew="c-1"),
    said("restore", 95, "out_2"),
    entry("callback.done", 100, report="rep_1", told="answered", outcome="satisfied"),
    entry("callback.done", 110, report="rep_3", told="answered", outcome="unsatisfied"),
    entry("callback.done", 120, report="rep_2", told="unreached", outcome="unreached"),
    entry("found", 121, outage="out_1", stage="closed", reopened=0, closed_at=at(115)),
]  # fmt: skip


@pytest.fixture
def account() -> Account:
    found = Findings(
        reports={
            "rep_1": ReportFound("out_1", "satisfied"),
            "rep_2": ReportFound("out_1", "unreached"),
            "rep_3": ReportFound("out_2", "unsatisfied"),
        },
        outages={"out_1": OutageFound("closed", 0), "out_2": OutageFound("callback", 0)},
        rungs={("arrival", 50): 2},
    )
    return give_account(JOURNAL, draw_verdict(JOURNAL, found))


def page_of(account: Account, lang: str = "en") -> ET.Element:
    return ET.fromstring(write_page(account, lang).removeprefix("<!DOCTYPE html>"))


def test_minutes_without_light_are_those_really_played(account):
    minutes = account.customer_minutes

    assert (account.restorations.median_min, account.restorations.longest_min) == (45.0, 60.0)
    assert minutes.total == 10 * 60 + 2 * 45
    assert [each["minutes"] for each in minutes.by_hour] == [10 * 55 + 2 * 10, 10 * 5 + 2 * 35]
    assert sum(each["faults"] for each in account.restorations.bins) == 2


def test_promises_are_kept_changed_and_broken_as_they_were_told(account):
    told = account.promises

    assert (told.told, told.kept, told.broken) == (3, 2, 1)
    assert (told.estimates, told.changed, told.estimates_broken) == (3, 1, 1)


def test_open_outages_and_reports_rise_and_fall_with_the_day(account):
    steps = {each["at"]: (each["outages"], each["reports"]) for each in account.over_time}

    assert steps[at(0)] == (0, 0)
    assert steps[at(10)] == (1, 2)
    assert steps[at(75)] == (2, 3)
    assert list(steps.values())[-1] == (1, 0)


def test_a_crew_is_busy_while_it_drives_and_works(account):
    busy, idle = account.crews

    assert (busy["driving_min"], busy["on_site_min"], busy["km"]) == (20, 30, 4.2)
    assert busy["busy_percent"] == round(50 / 120 * 100, 1)
    assert (idle["crew"], idle["busy_percent"]) == ("c-2", 0.0)


def test_every_number_of_the_page_is_the_number_of_the_json(account):
    numbers = account.as_json()
    page = page_of(account)
    shown = [e for e in page.iter() if "data-key" in e.attrib]

    assert len(shown) > 45
    for element in shown:
        wanted = looked_up(numbers, element.attrib["data-key"])
        value = element.get("data-value", element.get("value"))
        assert (value or None) == (None if wanted is None else str(wanted)), element.attrib
        if element.text:
            assert element.text.replace(",", "") in ("–", f"{wanted}", f"{wanted or 0:.1f}")
    inside = next(e for e in page.iter("script") if e.get("id") == "numbers")
    assert json.loads(inside.text or "") == json.loads(json.dumps(numbers, default=str))


def looked_up(numbers: Any, key: str) -> Any:
    """Find a number by its key; names may hold points and blanks themselves."""
    if not key:
        return numbers
    if key == "length":
        return len(numbers)
    if isinstance(numbers, list):
        first, _, rest = key.partition(".")
        return looked_up(numbers[int(first)], rest)
    name = max((n for n in numbers if key == n or key.startswith(f"{n}.")), key=len)
    return looked_up(numbers[name], key[len(name) + 1 :])


def test_the_page_fetches_nothing_and_has_all_charts_in_both_languages(account):
    text = write_page(account, "zh")
    page = page_of(account, "zh")
    charts = [e.attrib["id"] for e in page.iter("figure")]
    said = {lang: sum(e.get("lang") == lang for e in page.iter()) for lang in ("en", "zh")}
    links = [e for e in page.iter() if {"src", "href", "action"} & e.attrib.keys()]

    assert charts == [
        "arrivals", "restorations", "customer_minutes", "over_time", "promises", "callbacks",
        "escalations", "crews",
    ]  # fmt: skip
    assert said["en"] == said["zh"] - 1 > 90
    assert links == []
    assert "url(" not in text
    assert "@import" not in text
    assert "a &lt;day&gt; &amp; more" in text
    assert [e.get("id") for e in page.iter("input") if e.get("checked")] == ["lang-zh"]


def test_lines_and_columns_have_the_heights_of_their_numbers(account):
    svg = "{http://www.w3.org/2000/svg}"
    page = page_of(account)
    lines = {
        line.get("class"): line.attrib["points"].split() for line in page.iter(f"{svg}polyline")
    }
    heights = [float(point.partition(",")[2]) for point in lines["a"]]
    outages = [each["outages"] for each in account.over_time]
    floor = max(heights)
    columns = [
        (float(rect.attrib["data-value"]), float(rect.attrib["height"]))
        for rect in page.iter(f"{svg}rect")
        if rect.get("data-key", "").startswith("customer_minutes")
    ]

    assert len(heights) == len(lines["b"]) == len(outages)
    assert [round((floor - y) / (floor - min(heights)) * max(outages)) for y in heights] == outages
    assert len(columns) == 2
    assert columns[0][1] / columns[1][1] == pytest.approx(columns[0][0] / columns[1][0], rel=0.01)


def test_killed_parts_are_marked_on_both_axes_of_time(account):
    svg = "{http://www.w3.org/2000/svg}"
    page = page_of(account)
    marked = {
        figure.attrib["id"]: [mark.findtext(f"{svg}title") for mark in figure.iter(f"{svg}g")]
        for figure in page.iter("figure")
    }

    assert marked["over_time"] == marked["customer_minutes"] == ["✕ relay"]


def test_what_was_lost_is_named_on_the_page(account):
    page = page_of(account)
    verdict = next(e for e in page.iter("section") if "verdict" in e.get("class", ""))
    named = list(verdict.iter("li"))

    assert verdict.get("class") == "verdict bad"
    assert len(named) == 1
    assert "rep_3" in "".join(named[0].itertext())
