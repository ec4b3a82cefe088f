"""A small town for rehearsals: homes under transformers in three rings, crews at two depots."""

from datetime import date
from random import Random

from domain.kinds import AreaClass
from domain.policy import Policy
from sim.chance.faults import Days
from sim.ground import Ground, Home, Team, Transformer
from sim.world import Rehearsal, World
from tests.domain.builders import policy_named

RINGS = ((AreaClass.URBAN, 0.03, 18), (AreaClass.RURAL, 0.10, 8), (AreaClass.REMOTE, 0.18, 4))
MIDDLE = (106.55, 29.56)
FIRST = date(2007, 7, 2)


def a_town(crews: int = 9) -> Ground:
    """A town of 360 homes."""
    chance = Random("town")
    transformers, homes = [], []
    for area, reach, count in RINGS:
        for number in range(count):
            at = tuple(middle + chance.uniform(-reach, reach) for middle in MIDDLE)
            name = f"{area.value}-{number}"
            transformers.append(Transformer(name, f"{area.value}-s{number // 3}", at))
            homes += [Home(at, name, area, life_support=n == 11) for n in range(12)]
    return Ground("jp", "Asia/Shanghai", tuple(homes), tuple(transformers), teams(crews))


def teams(crews: int) -> tuple[Team, ...]:
    """Crews of all three turns at two depots; every seventh may not switch high voltage."""
    licence = (("high_voltage", "2030-01-01"),)
    return tuple(
        Team(
            id=f"crew-{number:02d}",
            turn=number,
            depot=f"depot-{number // 3 % 2}",
            at=(MIDDLE[0] + 0.02 * (number // 3 % 2), MIDDLE[1]),
            skills=("repair",) if number % 7 == 6 else ("repair", "switching"),
            licences=() if number % 7 == 6 else licence,
        )
        for number in range(crews)
    )


def a_rehearsal(
    *faults: int, seed: int = 1, crews: int = 9, policy: Policy | None = None, storm: bool = False
) -> Rehearsal:
    """A few days with so many faults each."""
    days = Days(FIRST, faults, {FIRST: "heavy"} if storm else {})
    return Rehearsal(a_town(crews), policy or policy_named("state_grid_ceiling"), days, seed)


def lived(rehearsal: Rehearsal, strategy: str = "planner") -> World:
    """The world after it has lived through a rehearsal; all orders are kept."""
    world = World(rehearsal, strategy, keep=True)
    world.run()
    return world
