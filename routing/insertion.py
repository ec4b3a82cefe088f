"""Best insertion: put one more task where it costs least, or make room for a human's choice."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from routing.budget import Budget
from routing.problem import NEVER, Problem, Routes
from routing.walk import walk, walk_all

NEAR_ROUTES = 12
LONG_ROUTE = 40
LINKED_PLACES = 40


def urgency(problem: Problem, task: int) -> tuple[int, int, int, str]:
    """Return the order in which tasks are inserted: locked, heavy, early."""
    rates = problem.tariffs[task]
    locked = problem.tasks[task].lock is not None
    return (0 if locked else 1, -rates.late, rates.bound_s, problem.tasks[task].id)


def insert_all(problem: Problem, routes: Routes, tasks: Iterable[int], budget: Budget) -> None:
    """Insert tasks one by one, forerunners first; what fits nowhere stays out."""
    inside = {task for route in routes for task in route}
    waiting = sorted(tasks, key=lambda task: urgency(problem, task))
    placed_any = True
    while waiting and placed_any:
        placed_any, later = False, []
        for task in waiting:
            if any(each not in inside for each in problem.before[task]):
                later.append(task)
            elif insert(problem, routes, task, budget):
                inside.add(task)
                placed_any = True
        waiting = later


def insert(problem: Problem, routes: Routes, task: int, budget: Budget) -> bool:
    """Insert a task where it costs least, if that is cheaper than leaving it out."""
    if task in problem.linked:
        return _insert_linked(problem, routes, task, budget)
    best: tuple[int, int, int] | None = None
    for crew in near(problem, routes, task):
        limit = problem.tariffs[task].skip if best is None else best[0]
        found = _best_position(problem, crew, routes[crew], task, limit, budget=budget)
        if found is not None and (best is None or found[0] < best[0]):
            best = (found[0], crew, found[1])
    if best is None:
        return False
    routes[best[1]].insert(best[2], task)
    if problem.linked and walk_all(problem, routes) is None:
        routes[best[1]].pop(best[2])
        return _insert_linked(problem, routes, task, budget)
    return True


def _best_position(
    problem: Problem, crew: int, route: list[int], task: int, limit: int, *, budget: Budget
) -> tuple[int, int] | None:
    """Return the least extra price below `limit` in one route and where, or None."""
    base = walk(problem, crew, route)
    if base is None:
        return None
    best: tuple[int, int] | None = None
    for position in _positions(problem, crew, route, task, budget):
        trial = [*route[:position], task, *route[position:]]
        price = walk(problem, crew, trial, base + limit)
        if price is not None and (best is None or price - base < best[0]):
            best = (price - base, position)
            limit = best[0]
    return best


def _positions(
    problem: Problem, crew: int, route: Sequence[int], task: int, budget: Budget
) -> Iterator[int]:
    """Yield the places in a route worth trying: all, or the least detours of a long one."""
    everywhere = range(len(route) + 1)
    if budget.over():
        return iter((len(route),))
    if len(route) <= LONG_ROUTE:
        return iter(everywhere)
    ranked = sorted(everywhere, key=lambda place: detour(problem, crew, route, task, place))
    return iter(sorted({*ranked[: LONG_ROUTE // 2], 0, len(route)}))


def detour(problem: Problem, crew: int, route: Sequence[int], task: int, place: int) -> int:
    """Return the extra drive of a task at one place of a route."""
    here = route[place - 1] if place else NEVER
    extra = problem.drive(crew, here, task)
    if place < len(route):
        after = route[place]
        extra += problem.drive(crew, task, after) - problem.drive(crew, here, after)
    return extra


def _linked_places(problem: Problem, routes: Routes, task: int) -> list[tuple[int, int]]:
    """Return crews and places worth walking everything for: all if few, or the least detours."""
    crews = near(problem, routes, task)
    places = [(crew, place) for crew in crews for place in range(len(routes[crew]) + 1)]
    if len(places) <= LINKED_PLACES:
        return places
    places.sort(key=lambda each: (detour(problem, each[0], routes[each[0]], task, each[1]), each))
    return [*places[:LINKED_PLACES], *((crew, len(routes[crew])) for crew in crews)]


def near(problem: Problem, routes: Routes, task: int) -> list[int]:
    """Return the crews allowed to do a task whose routes pass nearest to it."""
    allowed = [crew for crew in range(len(routes)) if problem.latest[crew][task] != NEVER]

    def distance(crew: int) -> tuple[int, int]:
        return approach(problem, routes, crew, task), crew

    return sorted(allowed, key=distance)[:NEAR_ROUTES]


def approach(problem: Problem, routes: Routes, crew: int, task: int) -> int:
    """Return the shortest drive to a task from anywhere a crew will be."""
    drives = [int(problem.outset[crew, task])]
    drives.extend(int(problem.between[each, task]) for each in routes[crew])
    return min(drives)


def _insert_linked(problem: Problem, routes: Routes, task: int, budget: Budget) -> bool:
    """Insert a task that others wait for or that waits, by walking all routes together."""
    now = walk_all(problem, routes)
    if now is None:
        return False
    best: tuple[int, int, int] | None = None
    for crew, position in _linked_places(problem, routes, task):
        if budget.over():
            break
        routes[crew].insert(position, task)
        walked = walk_all(problem, routes)
        routes[crew].pop(position)
        if walked and walked.price < (best[0] if best else now.price):
            best = (walked.price, crew, position)
    if best is None:
        return False
    routes[best[1]].insert(best[2], task)
    return True


def honour(problem: Problem, routes: Routes, budget: Budget) -> Routes:
    """Return routes where plain work no longer makes a task late for the time a human chose.

    What stood before such a task is put out and inserted anew; kept only where it costs less.
    """
    walked = walk_all(problem, routes)
    late = (
        []
        if walked is None
        else [
            task
            for task, start in sorted(walked.starts.items())
            if start > problem.tariffs[task].lock_s
        ]
    )
    for task in late if not budget.over() else ():
        trial = [list(route) for route in routes]
        mine = next(route for route in trial if task in route)
        before = mine[: mine.index(task)]
        out = [each for each in before if _loose(problem, each)]
        out = [each for each in out if each not in problem.before[task]]
        after = [each for each in mine[mine.index(task) + 1 :] if _loose(problem, each)]
        mine[:] = [each for each in mine if each not in out and each not in after]
        insert_all(problem, trial, [*out, *after], budget)
        again = walk_all(problem, trial)
        if walked is not None and again is not None and again.price < walked.price:
            routes, walked = trial, again
    return routes


def _loose(problem: Problem, task: int) -> bool:
    """Tell whether a task may be put out by itself."""
    return problem.tasks[task].lock is None and not problem.meets[task]


Put = Callable[[Problem, Routes, int, Budget], bool]


def force(
    problem: Problem, routes: Routes, task: int, budget: Budget, put: Put = insert
) -> list[int]:
    """Make room for a task a human gave to a crew; return what was put out for it.

    Cheapest tasks leave first; locked ones stay. Without success everything is put back.
    """
    crew = problem.held[task]
    if crew is None or problem.latest[crew][task] == NEVER:
        return []
    kept, out = list(routes[crew]), []
    loose = sorted(
        (each for each in kept if _loose(problem, each)),
        key=lambda each: (problem.tariffs[each].skip, problem.tasks[each].id),
    )
    while not put(problem, routes, task, budget):
        if not loose:
            routes[crew] = kept
            return []
        out.append(loose.pop(0))
        routes[crew].remove(out[-1])
    return out
