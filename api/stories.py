"""The lines of a timeline as sentences in the reader's language."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from api.wording import worded
from domain.words import catalogue, say
from store.reading.timeline import Entry

_TIMES = (
    "eta",
    "etr",
    "due",
    "restored_at",
    "arrived_at",
    "promised_by",
    "promised_arrival_at",
    "clock_start",
)


@dataclass(frozen=True)
class Reader:
    """Whom a story is told: the language, the clock of the place, what crews are called."""

    lang: str
    zone: ZoneInfo
    crews: Mapping[str, str]


def crews_in(entries: Iterable[Entry]) -> set[str]:
    """Return the ids of the crews that lines speak of."""
    return {entry.body["crew"] for entry in entries if isinstance(entry.body.get("crew"), str)}


def tell(entry: Entry, reader: Reader) -> dict[str, Any]:
    """Return one line: times, source, doer, a sentence, and the record itself."""
    return {
        "at": entry.at,
        "occurred_at": entry.occurred_at,
        "source": entry.source,
        "kind": entry.kind,
        "actor": entry.actor,
        "seq": entry.seq,
        "sentence": sentence(entry, reader),
        "data": entry.body,
    }


def sentence(entry: Entry, reader: Reader) -> str:
    """Return the sentence of a line."""
    told, lang = dict(entry.body), reader.lang
    for name in _TIMES:
        if isinstance(told.get(name), str):
            told[name] = _clock(told[name], reader.zone)
    told |= {"actor": entry.actor, "because": told.get("reason") or told.get("code")}
    told |= {"channel": entry.kind, "action": entry.kind}
    if told.get("crew") in reader.crews:
        told["crew"] = reader.crews[told["crew"]]
    if entry.source == "page":
        told["ladder"] = entry.kind
    told["late_min"] = round(abs(told.get("late_s") or 0) / 60)
    return say(_key(entry, lang), lang, **worded(told, lang))


def _key(entry: Entry, lang: str) -> str:
    """Return the most telling sentence there is for a line."""
    sources = {
        "fact": f"fact_{entry.body.get('verdict') or 'pending'}",
        "callback": f"callback_{'still_off' if _dark(entry) else entry.kind}",
        "event": f"event_{entry.kind}{_way(entry)}",
        "meter": f"meter_{entry.kind}{_meant(entry)}",
        "plan": "plan",
        "page": "page_overtaken" if entry.body.get("overtaken") else "page",
        "verdict": f"verdict_{_judged(entry.body)}",
    }
    key = f"story.{sources.get(entry.source, entry.source)}"
    return key if key in catalogue(lang) else f"event.{entry.kind}"


def _dark(entry: Entry) -> bool:
    return entry.kind == "answered" and entry.body.get("supply") == "still_off"


_WAYS: tuple[tuple[str, Callable[[dict[str, Any]], Any], str], ...] = (
    ("arrived", lambda body: not body.get("proven"), "_unproven"),
    ("device_confirmed", lambda body: body.get("was"), "_corrected"),
    ("task_added", lambda body: body.get("before"), "_before"),
    ("rung_climbed", lambda body: body.get("breach"), "_late"),
    ("callbacks_finished", lambda body: body.get("confirmed") or body.get("silent"), "_meters"),
    ("still_off", lambda body: not body.get("reopens"), "_known"),
)
"""The few events that read quite differently by what is in them, and what such a sentence is."""


def _way(entry: Entry) -> str:
    found = (way for kind, holds, way in _WAYS if kind == entry.kind and holds(entry.body))
    return next(found, "")


def _meant(entry: Entry) -> str:
    """Tell apart a meter's word before and after the crew's, and a silence asked about or not."""
    if entry.kind == "power_on":
        return "_early" if entry.body.get("early") else ""
    return "_called" if entry.body.get("called") else ""


def _judged(body: dict[str, Any]) -> str:
    on_time = body.get("on_time")
    return "open" if on_time is None else "kept" if on_time else "broken"


def _clock(text: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(text).astimezone(zone).strftime("%m-%d %H:%M")
