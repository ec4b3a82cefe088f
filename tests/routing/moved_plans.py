"""A plan with one task really moved, as a receipt that the inspection can judge."""

from routing.receipt import Cost, Hold, Plan
from routing.snapshot import Snapshot
from routing.timetable import Timetable
from routing.travel import travel_of


def moved(snapshot: Snapshot, plan: Plan, task: str, crew: str, place: int, terms: Cost) -> Plan:
    """Return the plan with a task at a place of a crew, its price changed by `terms`."""
    orders = {each.id: list[tuple[str, Hold]]() for each in snapshot.crews}
    for route in plan.routes:
        orders[route.crew] = [(v.task, v.hold) for v in route.visits if v.task != task]
    orders[crew].insert(place, (task, Hold.PLANNED))
    sums = {term: getattr(plan.cost, term) + getattr(terms, term) for term in Cost.model_fields}
    return plan.model_copy(
        update={
            "routes": Timetable(snapshot, travel_of(snapshot)).routes(orders),
            "unassigned": tuple(each for each in plan.unassigned if each.task != task),
            "cost": Cost(**sums),
        }
    )
