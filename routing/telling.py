"""An explanation as sentences for people, in their language; times are told in UTC."""

from collections.abc import Iterator

from domain.words import say
from routing.choice import Priced
from routing.effects import PromiseChange
from routing.receipt import Cost, CrewReason, Hold, Reason
from routing.why import Chosen, RunnerUp, Why

SMALL = 0.05


def sentences(why: Why, lang: str) -> tuple[str, ...]:
    """Return what there is to say about one task, the most important first."""
    return tuple(_lines(why, lang))


def _lines(why: Why, lang: str) -> Iterator[str]:
    if why.chosen is not None:
        yield _chosen(why.task, why.chosen, lang)
        if why.chosen.hold is not Hold.PLANNED:
            yield say(f"why.hold.{why.chosen.hold.value}", lang)
        if why.chosen.recall:
            yield say("why.recall", lang, crew=why.chosen.crew)
    else:
        reason = reason_told(why.reason, lang) if why.reason else ""
        yield say("why.nobody", lang, task=why.task, reason=reason, leaving=why.leaving)
    if why.overlooked is not None:
        found = why.overlooked
        yield say(
            "why.overlooked",
            lang,
            crew=found.crew,
            sequence=found.sequence,
            saved=round(-found.terms.total, 1),
            stop=say(f"plan.stop.{why.stop_cause.value}", lang),
        )
    for runner in why.runners_up:
        yield runner_told(runner, lang)
    for each in why.cannot:
        yield say("why.cannot", lang, crew=each.crew, reason=reason_told(each, lang))
    if not why.changes_known:
        yield say("why.changes_unknown", lang)


def _chosen(task: str, chosen: Chosen, lang: str) -> str:
    told = chosen.model_dump(include={"crew", "sequence"})
    terms = {"total": round(chosen.terms.total, 1), "terms": terms_told(chosen.terms, lang)}
    promise = _promise(chosen, lang)
    eta = f"{chosen.eta:%H:%M}"
    return say("why.chosen", lang, task=task, eta=eta, promise=promise, **told, **terms)


def _promise(chosen: Chosen, lang: str) -> str:
    if chosen.slack_s is None:
        return say("plan.no_promise", lang)
    if chosen.late_s > 0:
        return say("plan.late", lang, minutes=-(-chosen.late_s // 60))
    return say("plan.early", lang, minutes=chosen.slack_s // 60)


def runner_told(runner: RunnerUp, lang: str) -> str:
    """Return another place for a task as a sentence, with what it does to others' promises."""
    told = say(
        "why.runner",
        lang,
        crew=runner.crew,
        sequence=runner.sequence,
        eta=f"{runner.eta:%H:%M}",
        total=f"{runner.terms.total:+.1f}",
        terms=terms_told(runner.terms, lang, signed=True),
    )
    call = [say("why.recall", lang, crew=runner.crew)] if runner.recall else []
    return " ".join([told, *call, *(promise_told(each, lang) for each in runner.promises)])


def promise_told(change: PromiseChange, lang: str) -> str:
    """Return what becomes of a promise to another order."""
    minutes = -(-change.late_s // 60)
    if change.mended:
        return say("why.mended", lang, task=change.task)
    more = round((change.late_s - change.late_before_s) / 60)
    key = "broken" if change.broken else "later" if more >= 0 else "sooner"
    return say(f"why.{key}", lang, task=change.task, minutes=minutes, more=abs(more))


def reason_told(reason: Reason | CrewReason, lang: str) -> str:
    """Return the rule that said no as a sentence."""
    return say(f"plan.reason.{reason.code.value}", lang, **reason.params)


def terms_told(terms: Cost, lang: str, *, signed: bool = False) -> str:
    """Return the terms of a price that count for something, heaviest first."""
    amounts = {name: getattr(terms, name) for name in Cost.model_fields if name != "total"}
    form = "+.1f" if signed else ".1f"
    found = [
        f"{say(f'why.term.{name}', lang)} {amount:{form}}"
        for name, amount in amounts.items()
        if abs(amount) >= SMALL
    ]
    return ", ".join(found) or "–"


def choice_told(priced: Priced, lang: str) -> tuple[str, ...]:
    """Return what a human's choice does: its price, others' promises, the rules it breaks."""
    first = say(
        "why.choice",
        lang,
        task=priced.task,
        crew=priced.crew,
        sequence=priced.sequence,
        eta=f"{priced.eta:%H:%M}",
        total=f"{priced.terms.total:+.1f}",
        terms=terms_told(priced.terms, lang, signed=True),
    )
    rules = [say(f"plan.fault.{each.fault.value}", lang) for each in priced.rules]
    return first, *(promise_told(each, lang) for each in priced.promises), *rules
