"""A district as its rows tell it, for the tests of what the planner is given."""

from domain.board import CrewOnHand, OpenOutage
from domain.kinds import TaskKind
from domain.outage import Outage, Task, TaskState
from domain.place import Point
from domain.policy import Policy
from routing.plan_input import OpenTask
from tests.routing.builders import AT, minutes

HOUR = 3600


class AnAsk:
    district, now, pins = "jp", AT, ()


def an_order(name: str, north: float, policy: Policy, **task: object) -> OpenTask:
    job = Task(id=f"{name}/1", kind=TaskKind.REPAIR, skills=("repair",), queued_at=AT, **task)
    state = Outage(
        id=name, district="jp", area_class="urban", policy_hash=policy.digest(), rules_version=1,
        opened_at=AT, clock_start=AT, at=Point(lon=106.5, lat=29.5 + north), tasks=(job,),
    )  # fmt: skip
    under_way = job.state is TaskState.WORKING
    wanted = OpenOutage(state, AT + minutes(45), policy.digest(), None)
    return OpenTask(wanted, job, job.crew, under_way, ready=True)


def a_hand(name: str, north: float) -> CrewOnHand:
    return CrewOnHand(
        id=name, lon=106.5, lat=29.5 + north, position_at=AT, skills=("repair",), licences={},
        shift_start=AT - minutes(60), shift_end=AT + minutes(400), max_duty_s=11 * HOUR, size=3,
        has_leader=True, has_safety_officer=True, grid=None, depot=None,
    )  # fmt: skip
