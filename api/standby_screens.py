"""Advice where idle crews wait: from the rows of a district to expected orders and back."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from api.problems import Problem
from domain.policy import Policy
from domain.words import say
from roads.choosing import Roads, RoadsNow
from roads.reading import read_now
from routing.plan_input import travel_model
from routing.standby import Advice, Demand, Idle, Post, advise
from store import boards, district_policies, policies, standby

DAYS = 365
PART_H = 6
FEW_ORDERS = 20
MOST_PLACES = 300
USUAL_WORK_S = 3600.0
LEAST_BUSY, MOST_BUSY = 0.05, 0.9


class Ground:
    """What a district looks like now, as far as waiting is concerned."""

    def __init__(self, session: Session, district: str, now: datetime, setting: Policy) -> None:
        """Read everything; raises Problem `district_unknown`."""
        if district not in boards.districts(session):
            raise Problem("district_unknown", district=district)
        own = district_policies.chosen(session, district)
        self.district, self.now = district, now
        self.policy = setting if own is None else policies.pinned(session, own)
        self.past = standby.past(session, district, now, days=DAYS, part_h=PART_H, most=MOST_PLACES)
        self.depots = standby.depots(session, district)
        self.crews = standby.on_duty(session, district, now)
        self.roads: RoadsNow = read_now(session, now)

    @property
    def by_part(self) -> bool:
        """Tell whether this part of the day knows enough orders to count alone."""
        return sum(each.now_orders for each in self.past.orders) >= FEW_ORDERS

    def demand(self) -> list[Demand]:
        """Return expected orders by place; until a crew drives, its order takes time as well."""
        steps = self.policy.deadlines
        until_driving = timedelta(seconds=steps.assignment_s + steps.acknowledgement_s)
        hours = self._hours()
        found = []
        for each in self.past.orders:
            count = each.now_orders if self.by_part else each.orders
            left = self.policy.arrival_limit(each.area_class, None) - until_driving
            if count:
                found.append(
                    Demand(
                        lon=each.lon,
                        lat=each.lat,
                        area_class=each.area_class,
                        per_hour=count / hours,
                        within_s=max(0, int(left.total_seconds())),
                    )
                )
        return found

    def _hours(self) -> float:
        """Return over how many hours the counted orders came."""
        since = max(self.past.first or self.now, self.now - timedelta(days=DAYS))
        days = max(1.0, (self.now - since).total_seconds() / 86_400)
        return days * (PART_H if self.by_part else 24)

    def busy(self, demand: list[Demand]) -> float:
        """Return the chance that a crew is away: the hours of work that come, over all crews."""
        work_s = self.past.work_s or USUAL_WORK_S
        load = sum(each.per_hour for each in demand) * work_s / 3600 / max(1, len(self.crews))
        return round(min(MOST_BUSY, max(LEAST_BUSY, load)), 3)


def look(session: Session, district: str, now: datetime, setting: Policy) -> Ground:
    """Return what advice about a district is made from."""
    return Ground(session, district, now, setting)


def told(ground: Ground, roads: Roads) -> dict[str, Any]:
    """Return the advice with everything it rests on."""
    base = travel_model({ground.policy.name: ground.policy})
    travel = roads.travel_on(roads.model(base, ground.roads, ground.now))
    demand = ground.demand()
    idle = [crew for crew in ground.crews if not crew.at_work]
    advice = advise(
        demand,
        [Post(id=each.id, lon=each.lon, lat=each.lat) for each in ground.depots],
        [Idle(crew=crew.id, lon=crew.lon, lat=crew.lat) for crew in idle],
        ground.busy(demand),
        travel,
    )
    return {
        "district": ground.district,
        "as_of": ground.now,
        "travel": travel.version,
        "orders_counted": sum(
            each.now_orders if ground.by_part else each.orders for each in ground.past.orders
        ),
        "by_part_of_day": ground.by_part,
        "crews_idle": len(idle),
        "crews_on_duty": len(ground.crews),
        "posts": [
            {
                "id": each.id,
                "name": {"en": each.name_en, "zh": each.name_zh},
                "at": {"type": "Point", "coordinates": (each.lon, each.lat)},
            }
            for each in ground.depots
        ],
        "advice": advice,
    }


def sentences(shown: dict[str, Any], lang: str) -> list[str]:
    """Return the advice for people."""
    advice: Advice = shown["advice"]
    names = {each["id"]: each["name"][lang] for each in shown["posts"]}
    if not shown["orders_counted"]:
        return [say("standby.no_orders", lang)]
    if not advice.waits:
        return [say("standby.nobody", lang)]
    shares = {"now": f"{advice.share_now:.0%}", "then": f"{advice.share_then:.0%}"}
    if not advice.worth_moving:
        return [say("standby.stay", lang, **shares)]
    return [
        say("standby.better", lang, **shares),
        *(
            say(
                "standby.wait",
                lang,
                crew=each.crew,
                post=names[each.post],
                minutes=-(-each.drive_s // 60),
            )
            for each in advice.waits
        ),
    ]
