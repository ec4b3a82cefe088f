"""Insertion of work that several crews begin together: a moment, and a place on a route for each.

For some moments each crew's best place is found by itself, as if nobody else moved; the cheapest
of what that gives is walked with everybody before it counts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from routing.budget import Budget
from routing.insertion import detour, near
from routing.problem import NEVER, Problem, Routes
from routing.walk import Walked, walk, walk_all

CREWS, PLACES, MOMENTS = 8, 6, 8  # tried for one task: crews, places of each, moments to begin
CHOICES = 4  # crews of each task that are tried with those of the others
WALKED = 8  # of the cheapest are walked with everybody
HUGE = 1 << 62

Place = tuple[int, int]
Priced = tuple[int, tuple[Place, ...]]


def groups(problem: Problem) -> list[tuple[int, ...]]:
    """Return the tasks that begin together, group by group."""
    found = {tuple(sorted((task, *mine))) for task, mine in enumerate(problem.meets) if mine}
    return sorted(found)


def gather(problem: Problem, routes: Routes, task: int, budget: Budget) -> bool:
    """Insert a task and all it meets where that costs least.

    It must be cheaper than leaving them out, unless a human gave one of them to a crew.
    """
    members, now = sorted((task, *problem.meets[task])), walk_all(problem, routes)
    if now is None or any(e not in now.finishes for m in members for e in problem.before[m]):
        return False
    found: list[Priced] = []
    options = [_options(problem, routes, now, each) for each in members]
    for moment in _moments(options):
        if budget.over() and found:
            break
        found.extend(_together(problem, routes, members, options, moment))
    given = any(problem.held[each] is not None for each in members)
    best: tuple[int, tuple[Place, ...]] = HUGE if given else now.price, ()
    for _, places in sorted(found)[:WALKED]:
        trial = _with(routes, members, places)
        walked = walk_all(problem, trial)
        if walked is not None and walked.price < best[0]:
            best = walked.price, places
    if best[1]:
        routes[:] = _with(routes, members, best[1])
    return bool(best[1])


def gathered_anew(
    problem: Problem, routes: Routes, walked: Walked, budget: Budget
) -> tuple[Routes, Walked]:
    """Return routes in which those who meet were tried elsewhere, kept where it costs less."""
    for members in groups(problem):
        if members[0] not in walked.starts or budget.over():
            continue
        trial = [[task for task in route if task not in members] for route in routes]
        again = walk_all(problem, trial) and gather(problem, trial, members[0], budget)
        better = walk_all(problem, trial) if again else None
        if better is not None and better.price < walked.price:
            routes, walked = trial, better
    return routes, walked


def _options(
    problem: Problem, routes: Routes, now: Walked, task: int
) -> list[tuple[int, int, int]]:
    """Return when a task could begin at which places of which crews' routes."""
    found = []
    finished = [now.finishes[each] for each in problem.before[task]]
    soonest = max([problem.earliest[task], *finished])
    for crew in near(problem, routes, task)[:CREWS]:
        route = routes[crew]
        places = sorted(
            range(len(route) + 1), key=lambda at: detour(problem, crew, route, task, at)
        )
        for place in sorted({*places[:PLACES], len(route)}):
            here = route[place - 1] if place else NEVER
            free = now.finishes[here] if place else problem.ready[crew]
            begin = max(soonest, free + problem.drive(crew, here, task))
            if begin <= problem.latest[crew, task]:
                found.append((begin, crew, place))
    return found


def _moments(options: Sequence[Sequence[tuple[int, int, int]]]) -> list[int]:
    """Return the first moment at which all could begin, and some of the later ones."""
    if not all(options):
        return []
    first = max(min(begin for begin, _, _ in mine) for mine in options)
    later = sorted({max(first, begin) for mine in options for begin, _, _ in mine})
    step = max(1, -(-len(later) // MOMENTS))
    return later[::step]


def _together(
    problem: Problem,
    routes: Routes,
    members: Sequence[int],
    options: Sequence[Sequence[tuple[int, int, int]]],
    moment: int,
) -> Iterator[Priced]:
    """Yield what it costs, crew by crew, that all begin at a moment."""
    earliest = list(problem.earliest)
    for task in members:
        earliest[task] = moment
    pinned = replace(problem, earliest=earliest)
    usual: dict[int, int | None] = {}
    ranked = []
    for task, mine in zip(members, options, strict=True):
        least: dict[int, tuple[int, int]] = {}
        for begin, crew, place in mine:
            if begin > moment:
                continue
            if crew not in usual:
                usual[crew] = walk(problem, crew, routes[crew])
            trial = [*routes[crew][:place], task, *routes[crew][place:]]
            price, base = walk(pinned, crew, trial), usual[crew]
            if price is not None and base is not None:
                least[crew] = min(least.get(crew, (price - base, place)), (price - base, place))
        ranked.append(_cheapest(least))
    for chosen in product(*ranked):
        if len({crew for _, crew, _ in chosen}) == len(chosen):
            places = tuple((crew, place) for _, crew, place in chosen)
            yield sum(price for price, _, _ in chosen), places


def _cheapest(least: Mapping[int, tuple[int, int]]) -> list[tuple[int, int, int]]:
    return sorted((price, crew, place) for crew, (price, place) in least.items())[:CHOICES]


def _with(routes: Routes, members: Sequence[int], places: Sequence[Place]) -> Routes:
    """Return routes with every member at its place."""
    changed = [list(route) for route in routes]
    for task, (crew, place) in zip(members, places, strict=True):
        changed[crew].insert(place, task)
    return changed
