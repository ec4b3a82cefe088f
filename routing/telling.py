"""An explanation as sentences for people: in their language, by their clock, with their names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from domain.words import say
from routing.choice import Priced
from routing.effects import PromiseChange
from routing.receipt import Cost, CrewReason, Hold, Reason
from routing.why import Chosen, RunnerUp, Why

SMALL = 0.05


@dataclass(frozen=True)
class Names:
    """By what clock and names people know times, tasks and crews; ids and UTC if nothing else."""

    zone: tzinfo = UTC
    tasks: Mapping[str, str] = field(default_factory=dict)
    crews: Mapping[str, str] = field(default_factory=dict)

    def clock(self, at: datetime) -> str:
        """Return a time of day as the clocks of the place show it."""
        return f"{at.astimezone(self.zone):%H:%M}"

    def task(self, name: str) -> str:
        """Return a task as people call it."""
        return self.tasks.get(name, name)

    def crew(self, name: str) -> str:
        """Return a crew as people call it."""
        return self.crews.get(name, name)


AS_THEY_ARE = Names()


def sentences(why: Why, lang: str, names: Names = AS_THEY_ARE) -> tuple[str, ...]:
    """Return what there is to say about one task, the most important first."""
    return tuple(_lines(why, lang, names))


def _lines(why: Why, lang: str, names: Names) -> Iterator[str]:
    if why.chosen is not None:
        yield _chosen(why.task, why.chosen, lang, names)
        if why.chosen.hold is not Hold.PLANNED:
            yield say(f"why.hold.{why.chosen.hold.value}", lang)
        if why.chosen.recall:
            yield say("why.recall", lang, crew=names.crew(why.chosen.crew))
    else:
        reason = reason_told(why.reason, lang, names) if why.reason else ""
        yield say("why.nobody", lang, task=names.task(why.task), reason=reason, leaving=why.leaving)
    if why.overlooked is not None:
        found = why.overlooked
        yield say(
            "why.overlooked",
            lang,
            crew=names.crew(found.crew),
            sequence=found.sequence,
            saved=round(-found.terms.total, 1),
            stop=say(f"plan.stop.{why.stop_cause.value}", lang),
        )
    for runner in why.runners_up:
        yield runner_told(runner, lang, names)
    for each in why.cannot:
        reason = reason_told(each, lang, names)
        yield say("why.cannot", lang, crew=names.crew(each.crew), reason=reason)
    if not why.changes_known:
        yield say("why.changes_unknown", lang)


def _chosen(task: str, chosen: Chosen, lang: str, names: Names) -> str:
    told = {"crew": names.crew(chosen.crew), "sequence": chosen.sequence}
    terms = {"total": round(chosen.terms.total, 1), "terms": terms_told(chosen.terms, lang)}
    promise = _promise(chosen, lang)
    eta = names.clock(chosen.eta)
    return say("why.chosen", lang, task=names.task(task), eta=eta, promise=promise, **told, **terms)


def _promise(chosen: Chosen, lang: str) -> str:
    if chosen.slack_s is None:
        return say("plan.no_promise", lang)
    if chosen.late_s > 0:
        return say("plan.late", lang, minutes=-(-chosen.late_s // 60))
    return say("plan.early", lang, minutes=chosen.slack_s // 60)


def runner_told(runner: RunnerUp, lang: str, names: Names = AS_THEY_ARE) -> str:
    """Return another place for a task as a sentence, with what it does to others' promises."""
    told = say(
        "why.runner",
        lang,
        crew=names.crew(runner.crew),
        sequence=runner.sequence,
        eta=names.clock(runner.eta),
        total=f"{runner.terms.total:+.1f}",
        terms=terms_told(runner.terms, lang, signed=True),
    )
    call = [say("why.recall", lang, crew=names.crew(runner.crew))] if runner.recall else []
    promises = (promise_told(each, lang, names) for each in runner.promises)
    return " ".join([told, *call, *promises])


def promise_told(change: PromiseChange, lang: str, names: Names = AS_THEY_ARE) -> str:
    """Return what becomes of a promise to another order."""
    task, minutes = names.task(change.task), -(-change.late_s // 60)
    if change.mended:
        return say("why.mended", lang, task=task)
    more = round((change.late_s - change.late_before_s) / 60)
    key = "broken" if change.broken else "later" if more >= 0 else "sooner"
    return say(f"why.{key}", lang, task=task, minutes=minutes, more=abs(more))


def reason_told(reason: Reason | CrewReason, lang: str, names: Names = AS_THEY_ARE) -> str:
    """Return the rule that said no as a sentence."""
    known = {"task": names.task, "locked_to": names.crew}
    params = {
        name: known[name](str(given)) if name in known else given
        for name, given in reason.params.items()
    }
    return say(f"plan.reason.{reason.code.value}", lang, **params)


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


def choice_told(priced: Priced, lang: str, names: Names = AS_THEY_ARE) -> tuple[str, ...]:
    """Return what a human's choice does: its price, others' promises, the rules it breaks."""
    first = say(
        "why.choice",
        lang,
        task=names.task(priced.task),
        crew=names.crew(priced.crew),
        sequence=priced.sequence,
        eta=names.clock(priced.eta),
        total=f"{priced.terms.total:+.1f}",
        terms=terms_told(priced.terms, lang, signed=True),
    )
    rules = [say(f"plan.fault.{each.fault.value}", lang) for each in priced.rules]
    return first, *(promise_told(each, lang, names) for each in priced.promises), *rules
