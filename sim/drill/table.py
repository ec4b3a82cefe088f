"""The verdict as rows of words and numbers, in the reader's language."""

from domain.measures import share
from domain.words import say
from sim.drill.verdict import Fault, Verdict

SHOWN_REASONS = 8


def rows(verdict: Verdict, lang: str) -> list[tuple[str, str]]:
    """Return the table: a label and its numbers per row."""
    found = [*_report_rows(verdict, lang), *_arrival_rows(verdict, lang)]
    found += _callback_rows(verdict, lang)
    if verdict.kills:
        killed = ", ".join(f"{part} {n}" for part, n in sorted(verdict.kills.items()))
        found.append((say("drill.kills", lang), killed))
    found.append((say("drill.lost", lang), str(len(verdict.lost))))
    found.append((say("drill.doubled", lang), str(len(verdict.doubled))))
    return found


def _report_rows(verdict: Verdict, lang: str) -> list[tuple[str, str]]:
    sent = say(
        "drill.reports_counts",
        lang,
        sent=verdict.sent,
        acknowledged=verdict.acknowledged,
        retried=verdict.retried,
        replayed=verdict.replayed,
        refused=_reasons(verdict.refused),
        corrected=_reasons(verdict.corrected),
        unsure=verdict.unsure,
    )
    outages = say(
        "drill.outages_counts",
        lang,
        outages=verdict.outages,
        closed=verdict.closed,
        reopened=verdict.reopened,
    )
    return [(say("drill.reports", lang), sent), (say("drill.outages", lang), outages)]


def _arrival_rows(verdict: Verdict, lang: str) -> list[tuple[str, str]]:
    found = []
    for name in ("urban", "rural", "remote"):
        area = verdict.areas.get(name)
        if area is not None:
            label = say("drill.on_time", lang, area=say(f"drill.area_{name}", lang))
            found.append((label, share(area.on_time, area.outages)))
    mean = verdict.mean_arrival_minutes
    found.append((say("drill.mean_arrival", lang), "–" if mean is None else f"{mean:.1f}"))
    found.append((say("drill.restorations", lang), str(verdict.restorations)))
    if verdict.actions_refused:
        found.append((say("drill.actions_refused", lang), _reasons(verdict.actions_refused)))
    return found


def _callback_rows(verdict: Verdict, lang: str) -> list[tuple[str, str]]:
    calls = say(
        "drill.callbacks_counts",
        lang,
        calls=verdict.calls,
        reached=verdict.reached,
        unanswered=verdict.unanswered,
        unreached=verdict.unreached,
        still_off=verdict.still_off,
    )
    answered = verdict.satisfied + verdict.unsatisfied
    rungs = ", ".join(_rung(rung, n, lang) for rung, n in verdict.rungs.items()) or "–"
    confirmed, silent = verdict.meters_confirmed, verdict.meters_silent
    meters = say("drill.meters_counts", lang, confirmed=confirmed, silent=silent)
    return [
        (say("drill.callbacks", lang), calls),
        (say("drill.meters", lang), meters),
        (say("drill.satisfied", lang), share(verdict.satisfied, answered)),
        (say("drill.escalations", lang), rungs),
    ]


def _rung(rung: str, times: int, lang: str) -> str:
    ladder, _, percent = rung.partition(" ")
    name = say(f"drill.ladder_{ladder}", lang)
    return f"{name} {percent} ×{times}"


def _reasons(counts: dict[str, int]) -> str:
    if not counts:
        return "0"
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    named = ", ".join(f"{code} {n}" for code, n in ordered[:SHOWN_REASONS])
    return f"{sum(counts.values())} ({named})"


def faults(verdict: Verdict, lang: str) -> list[str]:
    """Name every lost and doubled report."""
    return [
        *(_named("drill.lost_one", fault, lang) for fault in verdict.lost),
        *(_named("drill.doubled_one", fault, lang) for fault in verdict.doubled),
    ]


def _named(key: str, fault: Fault, lang: str) -> str:
    return say(key, lang, ref=fault.ref or None, report=fault.report, why=fault.why)
