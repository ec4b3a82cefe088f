"""Where the desk lets idle crews wait: routing's own advice, from where its customers live."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from domain.kinds import AreaClass
from domain.policy import Policy
from routing.plan_input import travel_model
from routing.standby import Demand, Idle, Post, advise
from routing.travel import GeodesicTravel
from sim.ground import Ground, Spot

UNTIL_DRIVING = timedelta(minutes=4)
"""An order is taken and the crew on its way after so long: PROPOSED, within Fujian's five (SRC)."""

LEAST_BUSY, MOST_BUSY = 0.1, 0.9
NOT_WORTH_S = 120
CELL_DIGITS = 2  # of degrees: homes within about a kilometre are one place
GREEDY = 0  # ways tried: posts are found one by one, for a day asks hundreds of times


class Standby:
    """Advice for the idle crews of one district.

    What is expected where is drawn from the register of homes: every home may be the next.
    """

    def __init__(self, ground: Ground, policy: Policy) -> None:
        self._travel = GeodesicTravel(travel_model({policy.digest(): policy}))
        self._posts = [
            Post(id=f"{lon}/{lat}", lon=lon, lat=lat)
            for lon, lat in sorted({team.at for team in ground.teams})
        ]
        self._demand = list(_demand(ground, policy))

    def waits(self, idle: Sequence[tuple[str, Spot]], on_duty: int) -> dict[str, Spot]:
        """Return who should go and wait where; nobody where staying is as good."""
        if not idle:
            return {}
        away = 1 - len(idle) / max(on_duty, len(idle))
        advice = advise(
            self._demand,
            self._posts,
            [Idle(crew=crew, lon=lon, lat=lat) for crew, (lon, lat) in idle],
            min(max(away, LEAST_BUSY), MOST_BUSY),
            self._travel,
            ways=GREEDY,
        )
        if not advice.worth_moving:
            return {}
        spots = {post.id: (post.lon, post.lat) for post in self._posts}
        return {wait.crew: spots[wait.post] for wait in advice.waits if wait.drive_s > NOT_WORTH_S}


def _demand(ground: Ground, policy: Policy) -> list[Demand]:
    cells = Counter(
        (round(home.at[0], CELL_DIGITS), round(home.at[1], CELL_DIGITS), home.area_class)
        for home in ground.homes
    )
    return [
        Demand(lon=lon, lat=lat, area_class=area, per_hour=homes, within_s=_within(area, policy))
        for (lon, lat, area), homes in sorted(cells.items())
    ]


def _within(area: AreaClass, policy: Policy) -> int:
    left = policy.arrival_limit(area, None) - UNTIL_DRIVING
    return max(0, int(left.total_seconds()))
