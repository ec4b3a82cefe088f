"""Where the search starts: the better of the plan before and a dispatch rule."""

from routing.budget import Budget
from routing.dispatch_rule import dispatch
from routing.insertion import force, honour, insert_all
from routing.problem import NEVER, Problem, Routes
from routing.receipt import Plan
from routing.walk import walk, walk_all

FROM_NOTHING = 200
FEW = 60


def start_routes(problem: Problem, previous: Plan | None, budget: Budget) -> Routes:
    """Return the better of the start plans; each is complete and within every limit."""
    starts = [dispatch(problem)]
    if previous is not None:
        starts.append(carried_over(problem, previous))
    if len(problem.tasks) <= (FEW if previous else FROM_NOTHING):
        starts.append([[] for _ in problem.crews])
    best: tuple[int, Routes] | None = None
    for start in starts:
        complete(problem, start, budget)
        routes = honour(problem, start, budget)
        walked = walk_all(problem, routes)
        if walked is not None and (best is None or walked.price < best[0]):
            best = (walked.price, routes)
    return best[1] if best else [[] for _ in problem.crews]


def carried_over(problem: Problem, previous: Plan) -> Routes:
    """Return the plan before, less what is gone, forbidden or no longer in time."""
    crews = {crew.id: number for number, crew in enumerate(problem.crews)}
    tasks = {task.id: number for number, task in enumerate(problem.tasks)}
    routes: Routes = [[] for _ in problem.crews]
    used: set[int] = set()
    for old in previous.routes:
        crew = crews.get(old.crew)
        for visit in old.visits if crew is not None else ():
            task = tasks.get(visit.task)
            if crew is None or task is None or task in used:
                continue
            if problem.latest[crew][task] == NEVER:
                continue
            if walk(problem, crew, [*routes[crew], task]) is not None:
                routes[crew].append(task)
                used.add(task)
    if walk_all(problem, routes) is None:  # what waits for another crew no longer fits
        routes = [[task for task in route if task not in problem.linked] for route in routes]
    return routes


def complete(problem: Problem, routes: Routes, budget: Budget) -> None:
    """Insert what is left out; a task a human gave to a crew may put others out."""
    left = left_out(problem, routes)
    insert_all(problem, routes, left, budget)
    for task in left_out(problem, routes):
        if problem.held[task] is not None:
            force(problem, routes, task, budget)
    insert_all(problem, routes, left_out(problem, routes), budget)


def left_out(problem: Problem, routes: Routes) -> list[int]:
    """Return the tasks that are in no route."""
    inside = {task for route in routes for task in route}
    return [task for task in range(len(problem.tasks)) if task not in inside]
