"""Where the search starts: the better of the plan before and a dispatch rule."""

from collections.abc import Sequence

from routing.arena import Arena
from routing.breaks import still
from routing.budget import Budget
from routing.dispatch_rule import dispatch
from routing.gathering import gather, groups
from routing.insertion import force, honour, insert, urgency
from routing.problem import NEVER, Problem, Routes
from routing.receipt import Plan
from routing.walk import walk_all

FROM_NOTHING = 200


def start_routes(
    problem: Problem, previous: Plan | None, budget: Budget, intended: Plan | None = None
) -> Routes:
    """Return the best of the start plans; each is complete and within every limit.

    What was intended by the plan before is one of them: what crews were told is only its near part,
    and a search that began from that alone could turn in a circle.
    """
    nothing: Routes = [[] for _ in problem.crews]
    if not problem.crews or not problem.tasks:
        return nothing
    alone = single(problem)
    starts = [nothing] if alone else [_in_time(problem, dispatch(problem))]
    carried = [each for each in (previous, intended) if each is not None]
    starts.extend(carried_over(problem, each) for each in carried)
    if not carried and len(problem.tasks) <= FROM_NOTHING and not alone:
        starts.append(nothing)
    best: tuple[int, Routes] | None = None
    for start in starts:
        routes = honour(problem, complete(problem, start, budget), budget)
        walked = walk_all(problem, routes)
        if walked is not None and (best is None or walked.price < best[0]):
            best = (walked.price, routes)
    return best[1] if best else nothing


def single(problem: Problem) -> bool:
    """Tell whether there is but one task that nobody gave away: where it costs least is the best.

    Most plans of a quiet day are such; they need no search.
    """
    return len(problem.tasks) == 1 and problem.held[0] is None


def carried_over(problem: Problem, previous: Plan) -> Routes:
    """Return the plan before, less what is gone, forbidden, out of parts or no longer in time."""
    crews = {crew.id: number for number, crew in enumerate(problem.crews)}
    tasks = {task.id: number for number, task in enumerate(problem.tasks)}
    routes: Routes = [[] for _ in problem.crews]
    used: set[int] = set()
    for old in previous.routes:
        if old.crew not in crews:
            continue
        known = (tasks[visit.task] for visit in old.visits if visit.task in tasks)
        mine = list(dict.fromkeys(task for task in known if task not in used))
        routes[crews[old.crew]] = walkable(problem, crews[old.crew], mine)
        used.update(routes[crews[old.crew]])
    if walk_all(problem, routes) is None:  # what waits for another crew no longer fits
        routes = [[task for task in route if task not in problem.linked] for route in routes]
    return routes


def _in_time(problem: Problem, routes: Routes) -> Routes:
    """Return routes of a rule that knows of no breaks, where one is due as far as it allows."""
    return [
        route if problem.due[crew] is None else walkable(problem, crew, route)
        for crew, route in enumerate(routes)
    ]


def walkable(problem: Problem, crew: int, route: Sequence[int]) -> list[int]:
    """Return what of a route the crew may do and begins in time, one after the other."""
    clock, here, due = problem.ready[crew], NEVER, problem.due[crew]
    found: list[int] = []
    for task in route:
        if problem.latest[crew, task] == NEVER:
            continue
        drive = problem.drive(crew, here, task)
        start = problem.begins(due, clock, drive, task, problem.earliest[task])
        if start <= problem.latest[crew, task] and problem.carries(crew, [*found, task]):
            found.append(task)
            due = still(due, clock, start - drive)
            clock, here = start + problem.work[task], task
    return found


def complete(problem: Problem, routes: Routes, budget: Budget) -> Routes:
    """Return routes with what they left out; a task a human gave may put others out."""
    routes = filled(problem, routes, budget)
    held = [task for task in left_out(problem, routes) if problem.held[task] is not None]
    if not held:
        return routes
    for task in held:
        if problem.meets[task] and task not in left_out(problem, routes):
            continue
        force(problem, routes, task, budget, gather if problem.meets[task] else insert)
    return filled(problem, routes, budget)


def filled(problem: Problem, routes: Routes, budget: Budget) -> Routes:
    """Return routes with every task inserted that fits, where each costs least.

    Crews that must meet come first: they are the hardest to bring together later.
    """
    out = set(left_out(problem, routes))
    meeting = [members[0] for members in groups(problem) if out.issuperset(members)]
    for task in sorted(meeting, key=lambda task: urgency(problem, task)):
        gather(problem, routes, task, budget)
    left = left_out(problem, routes)
    walked = walk_all(problem, routes) if left else None
    if walked is None:
        return routes
    arena = Arena(problem, routes)
    arena.hold_apart(walked, early=True)
    alone = [task for task in left if not problem.meets[task]]
    arena.fill(sorted(alone, key=lambda task: urgency(problem, task)))
    return arena.routes()


def left_out(problem: Problem, routes: Routes) -> list[int]:
    """Return the tasks that are in no route."""
    inside = {task for route in routes for task in route}
    return [task for task in range(len(problem.tasks)) if task not in inside]
