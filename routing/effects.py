"""What a change of a plan does: its price by term, and the promises it breaks or mends."""

from collections.abc import Iterable

from domain.value import Value
from routing.arrangement import Arrangement
from routing.moments import Moment
from routing.receipt import Cost, Visit
from routing.snapshot import Id


class PromiseChange(Value):
    """A promised arrival that becomes later past its promise, or less so.

    `broken` was kept before, `mended` is kept now; the others are only later or sooner.
    """

    task: Id
    crew: Id
    eta_before: Moment
    eta: Moment
    late_before_s: int
    late_s: int
    broken: bool
    mended: bool


def minus(after: Cost, before: Cost) -> Cost:
    """Return the difference of two prices, term by term."""
    return Cost(
        **{
            term: round(getattr(after, term) - getattr(before, term), 3)
            for term in Cost.model_fields
        }
    )


def crews_changed(before: Arrangement, after: Arrangement) -> set[str]:
    """Return the crews whose visits are not the same."""
    crews = before.routes.keys() | after.routes.keys()
    return {crew for crew in crews if before.routes.get(crew, ()) != after.routes.get(crew, ())}


def difference(before: Arrangement, after: Arrangement) -> Cost:
    """Return what the routes of `after` cost more; what either leaves out is not counted."""
    crews = crews_changed(before, after)
    return minus(after.cost(crews, ()), before.cost(crews, ()))


def promises_changed(
    before: Arrangement, after: Arrangement, but: str
) -> tuple[PromiseChange, ...]:
    """Return the promises to others that are kept worse or better, the worst first."""
    crews = crews_changed(before, after)
    was = {visit.task: visit for visit in _visits(before, crews)}
    found = [
        _change(was[visit.task], visit, crew)
        for crew in crews
        for visit in after.routes.get(crew, ())
        if visit.task != but and visit.task in was and visit.late_s != was[visit.task].late_s
    ]
    return tuple(sorted(found, key=lambda each: (each.late_before_s - each.late_s, each.task)))


def _visits(arrangement: Arrangement, crews: Iterable[str]) -> Iterable[Visit]:
    return (visit for crew in crews for visit in arrangement.routes.get(crew, ()))


def _change(before: Visit, after: Visit, crew: str) -> PromiseChange:
    return PromiseChange(
        task=after.task,
        crew=crew,
        eta_before=before.eta,
        eta=after.eta,
        late_before_s=before.late_s,
        late_s=after.late_s,
        broken=before.late_s == 0,
        mended=after.late_s == 0,
    )
