"""The report of a drill as one page: nothing is fetched, both languages, light and dark, prints."""

import json
from datetime import datetime
from html import escape
from importlib.resources import files
from zoneinfo import ZoneInfo

from domain.measures import share
from domain.words import LANGUAGES, say
from sim.drill import charts
from sim.drill.account import Account
from sim.drill.table import faults, rows
from sim.drill.tongues import both, spoken

CHARTS = (
    ("arrivals", charts.arrivals, (("good", "on_time"), ("bad", "late"))),
    ("restorations", charts.restorations, ()),
    ("customer_minutes", charts.customer_minutes, ()),
    ("over_time", charts.over_time, (("a", "open_outages"), ("b", "open_reports"))),
    ("promises", charts.promises, ()),
    ("callbacks", charts.callbacks, ()),
    ("escalations", charts.escalations, ()),
    ("crews", charts.crews, (("b", "driving"), ("a", "on_site"))),
)


def write_page(account: Account, lang: str) -> str:
    """Return the whole page, first shown in one language."""
    style = (files(__package__) / "page.css").read_text(encoding="utf-8")
    body = "\n".join(
        (
            _choice(lang),
            "<main>",
            _head(account),
            _verdict(account),
            _tiles(account),
            '<div class="charts">',
            *(_figure(name, draw(account), keys) for name, draw, keys in CHARTS),
            "</div>",
            _tables(account),
            "</main>",
            _numbers(account),
        )
    )
    title = escape(say("drill.report.title", lang))
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8"/>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
        f'<meta name="color-scheme" content="light dark"/><title>{title}</title>'
        f"<style>\n{style}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _choice(lang: str) -> str:
    """Return the choice of language; the style shows what is chosen, without any program."""
    ticked = {each: ' checked="checked"' if each == lang else "" for each in LANGUAGES}
    return '<nav class="choice">' + "".join(
        f'<input type="radio" name="lang" id="lang-{each}"{ticked[each]}/>'
        f'<label for="lang-{each}">{say("drill.report.language", each)}</label>'
        for each in LANGUAGES
    ) + "</nav>"  # fmt: skip


def _head(account: Account) -> str:
    setting = account.setting
    zone = ZoneInfo(setting.get("zone", "UTC"))
    times = {
        "begins": f"{account.begins.astimezone(zone):%Y-%m-%d %H:%M}",
        "ends": f"{account.ends.astimezone(zone):%Y-%m-%d %H:%M}",
    }
    about = both(
        "drill.report.about", source=setting.get("source"), day=setting.get("day"),
        outages=account.restorations.faults, calls=account.verdict.sent,
        rate=setting.get("rate"), seed=setting.get("seed"), zone=str(zone), **times,
    )  # fmt: skip
    notes = ""
    if setting.get("transplanted"):
        notes = spoken(
            {
                lang: escape(
                    say(
                        "drill.transplanted", lang, outages=account.restorations.faults,
                        towns=setting.get("towns"), district=setting.get(f"district_{lang}"),
                    )
                )
                for lang in LANGUAGES
            }
        )  # fmt: skip
        notes = f'<p class="note">{notes}</p>'
    elif setting.get("storm"):
        notes = f'<p class="note">{both("drill.report.invented", storm=setting["storm"])}</p>'
    return f"<header><h1>{both('drill.report.title')}</h1><p>{about}</p>{notes}</header>"


def _verdict(account: Account) -> str:
    verdict = account.verdict
    counts = "".join(
        f'<span class="big">{_value(len(found), f"{name}.length")}</span> {both(f"drill.{name}")} '
        for name, found in (("lost", verdict.lost), ("doubled", verdict.doubled))
    )
    said = both("drill.good" if verdict.good else "drill.report.bad")
    named = {lang: faults(verdict, lang) for lang in LANGUAGES}
    cases = "".join(
        f"<li>{spoken({lang: escape(named[lang][at]) for lang in LANGUAGES})}</li>"
        for at in range(len(named["en"]))
    )
    listed = f"<ul>{cases}</ul>" if cases else ""
    tone = "good" if verdict.good else "bad"
    return f'<section class="verdict {tone}"><p>{counts}</p><p>{said}</p>{listed}</section>'


def _tiles(account: Account) -> str:
    verdict = account.verdict
    outages = sum(area.outages for area in verdict.areas.values())
    on_time = sum(area.on_time for area in verdict.areas.values())
    answered = verdict.satisfied + verdict.unsatisfied
    tiles = (
        ("on_time_all", escape(share(on_time, outages))),
        ("median", _value(account.restorations.median_min, "restoration_times.median_min")),
        ("p90", _value(account.restorations.p90_min, "restoration_times.p90_min")),
        ("customer_minutes", _value(account.customer_minutes.total, "customer_minutes.total")),
        ("satisfied", escape(share(verdict.satisfied, answered))),
        ("killed", _value(len(account.kills), "kills_at.length")),
    )
    return '<section class="tiles">' + "".join(
        f"<div><b>{shown}</b>{both(f'drill.report.{name}')}</div>" for name, shown in tiles
    ) + "</section>"  # fmt: skip


def _figure(name: str, drawn: str, keys: tuple[tuple[str, str], ...]) -> str:
    legend = "".join(
        f'<span class="key"><i class="{tone}"></i>{both(f"drill.report.{word}")}</span>'
        for tone, word in keys
    )
    return (
        f'<figure id="{name}"><figcaption><b>{both(f"drill.report.{name}")}</b>{legend}'
        f"<small>{both(f'drill.report.{name}_means')}</small></figcaption>{drawn}</figure>"
    )


def _tables(account: Account) -> str:
    told = {lang: rows(account.verdict, lang) for lang in LANGUAGES}
    verdict = "".join(
        "<tr>"
        + "".join(
            f"<{cell}>{spoken({lang: escape(told[lang][at][part]) for lang in LANGUAGES})}</{cell}>"
            for part, cell in enumerate(("th", "td"))
        )
        + "</tr>"
        for at in range(len(told["en"]))
    )
    played = "".join(
        f"<tr><th>{both(f'drill.report.played_{name}')}</th>"
        f"<td>{_value(count, f'played.{name}')}</td></tr>"
        for name, count in account.played.items()
    )
    return (
        f"<section><h2>{both('drill.title')}</h2><table>{verdict}</table></section>"
        f"<section><h2>{both('drill.report.played')}</h2><table>{played}</table></section>"
        + _crew_table(account)
        + _kill_table(account)
    )


def _crew_table(account: Account) -> str:
    columns = ("tasks", "driving_min", "on_site_min", "km", "busy_percent")
    head = "".join(f"<th>{both(f'drill.report.crew_{name}')}</th>" for name in ("name", *columns))
    lines = "".join(
        f"<tr><th>{escape(each['crew'])}</th>"
        + "".join(f"<td>{_value(each[name], f'crews.{at}.{name}')}</td>" for name in columns)
        + "</tr>"
        for at, each in enumerate(account.crews)
    )
    return (
        f"<section><h2>{both('drill.report.crews')}</h2>"
        f'<table class="wide"><tr>{head}</tr>{lines}</table></section>'
    )


def _kill_table(account: Account) -> str:
    if not account.kills:
        return ""
    zone = ZoneInfo(account.setting.get("zone", "UTC"))
    lines = "".join(
        f"<tr><td>{datetime.fromisoformat(each['at']).astimezone(zone):%m-%d %H:%M}</td>"
        f"<td>{escape(each['part'])}</td><td>{_value(each['down_s'], f'kills_at.{at}.down_s')}</td>"
        "</tr>"
        for at, each in enumerate(account.kills)
    )
    head = "".join(
        f"<th>{both(f'drill.report.kill_{name}')}</th>" for name in ("at", "part", "down")
    )
    return f"<section><h2>{both('drill.kills')}</h2><table><tr>{head}</tr>{lines}</table></section>"


def _value(value: float | None, key: str) -> str:
    if value is None:
        return f'<data value="" data-key="{escape(key)}">–</data>'
    shown = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
    return f'<data value="{value}" data-key="{escape(key)}">{shown}</data>'


def _numbers(account: Account) -> str:
    """Put the numbers themselves into the page, so that it can be read by programs too."""
    text = json.dumps(account.as_json(), ensure_ascii=False, default=str)
    safe = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return f'<script type="application/json" id="numbers">{safe}</script>'
