"""Why a task goes to its crew, or to none: what else could be done, and what that would cost.

Differences are the plan's own arithmetic with the task really moved: below nothing, the search
did not find a better place, and that is said.
"""

from collections.abc import Sequence

from domain.errors import Refused
from domain.value import Value
from routing.arrangement import Arrangement, Ground
from routing.effects import PromiseChange, difference, minus, promises_changed
from routing.explain import Fit, Ranking
from routing.moments import Moment
from routing.pricing import price
from routing.receipt import (
    Cost,
    CrewReason,
    Hold,
    Plan,
    Reason,
    StopCause,
)
from routing.snapshot import Id, Snapshot
from routing.travel import Travel, travel_of

RUNNERS_UP = 3
WORTH_TELLING = 0.05  # of a price per minute: less is rounding between matrix and leg


class Chosen(Value):
    """Where a task is in the plan; `terms` is what having it there costs.

    A `recall` is off its shift and would be called out.
    """

    crew: Id
    sequence: int
    hold: Hold
    eta: Moment
    travel_s: int
    slack_s: int | None
    late_s: int
    terms: Cost
    recall: bool = False


class RunnerUp(Value):
    """Another place for the task; `terms` is the price over the plan's, by term.

    `promises` are those to others that would be kept worse or better than in the plan.
    """

    crew: Id
    sequence: int
    eta: Moment
    travel_s: int
    late_s: int
    terms: Cost
    promises: tuple[PromiseChange, ...] = ()
    recall: bool = False


class Why(Value):
    """Everything about one task of a plan.

    `reason` is why it has no crew, as the plan told it; `overlooked` is a place that costs less
    than what the plan does, which the search did not find before it ended by `stop_cause`.
    Without the plan before, changes of crew are not in the prices (`changes_known`).
    """

    task: Id
    at: Moment
    chosen: Chosen | None = None
    reason: Reason | None = None
    leaving: float | None = None
    runners_up: tuple[RunnerUp, ...] = ()
    overlooked: RunnerUp | None = None
    cannot: tuple[CrewReason, ...] = ()
    stop_cause: StopCause
    changes_known: bool


class Explainer:
    """Explains the tasks of one plan, one after the other."""

    def __init__(
        self,
        snapshot: Snapshot,
        plan: Plan,
        *,
        previous: Plan | None = None,
        travel: Travel | None = None,
    ) -> None:
        """Take a plan and its snapshot; raises Refused `plan_of_another_snapshot`."""
        if plan.snapshot != snapshot.digest():
            raise Refused("plan_of_another_snapshot")
        self._plan = plan
        self._known = previous is not None or plan.previous is None
        self._ground = Ground(snapshot, plan, previous, travel or travel_of(snapshot))
        self._now = self._ground.arrangement(plan)
        self._left = {each.task: each for each in plan.unassigned}

    def why(self, task: str, runners_up: int = RUNNERS_UP) -> Why:
        """Explain one task; raises Refused `task_unknown`."""
        if task not in self._ground.tasks:
            raise Refused("task_unknown", task=task)
        ranking = Ranking(self._now, task)
        told = Why(
            task=task,
            at=self._ground.snapshot.at,
            chosen=_chosen(ranking),
            stop_cause=self._plan.stop_cause,
            changes_known=self._known,
        )
        if told.chosen is not None and told.chosen.hold is Hold.FROZEN:
            return told
        fits = ranking.fits(0)
        skip = self._skip(task) if told.chosen is None else Cost()
        others = [fit for fit in fits if told.chosen is None or fit.crew != told.chosen.crew]
        able = [fit for fit in others if fit.extra is not None][:runners_up]
        left = self._left.get(task)
        return told.model_copy(
            update={
                "reason": left and Reason(code=left.code, params=left.params),
                "leaving": skip.total if told.chosen is None else None,
                "runners_up": tuple(_runner(ranking, fit, skip) for fit in able),
                "overlooked": self._overlooked(ranking, told.chosen, fits, skip),
                "cannot": tuple(fit.reason for fit in fits if fit.reason is not None),
            }
        )

    def _skip(self, task: str) -> Cost:
        return price(self._ground.snapshot, (), (task,), self._ground.previous)

    def _overlooked(
        self, ranking: Ranking, chosen: Chosen | None, fits: Sequence[Fit], skip: Cost
    ) -> RunnerUp | None:
        """Return the cheapest place if it costs less than what the plan does.

        What danger and a human's choice decide is not decided by price.
        """
        if not fits or fits[0].extra is None:
            return None
        if chosen is not None and chosen.hold is not Hold.PLANNED:
            return None
        if any(ranking.now.place(each) is None for each in ranking.partners):
            return None  # alone it could not begin there
        found = _runner(ranking, fits[0], skip)
        return found if found.terms.total < -WORTH_TELLING else None


def _chosen(ranking: Ranking) -> Chosen | None:
    found = ranking.now.place(ranking.task.id)
    if found is None:
        return None
    visit = ranking.now.routes[found[0]][found[1]]
    told = visit.model_dump(exclude={"task", "depart_at", "start_at", "finish_at", "travel_m"})
    recall = ranking.ground.crews[found[0]].recall
    terms = difference(ranking.rest, ranking.now)
    return Chosen(crew=found[0], terms=terms, recall=recall, **told)


def _runner(ranking: Ranking, fit: Fit, skip: Cost) -> RunnerUp:
    after: Arrangement = ranking.rest.having(ranking.task.id, fit.crew, (fit.sequence or 1) - 1)
    told = fit.model_dump(include={"crew", "sequence", "eta", "travel_s", "late_s", "recall"})
    return RunnerUp(
        terms=minus(difference(ranking.now, after), skip),
        promises=promises_changed(ranking.now, after, ranking.task.id),
        **told,
    )
