"""A ground as plain data, to be kept and read again."""

from typing import Any

from domain.kinds import AreaClass, KeyClass
from sim.ground import Ground, Home, Team, Transformer

AREAS, KEYS = list(AreaClass), list(KeyClass)


def to_plain(ground: Ground) -> dict[str, Any]:
    """Return a ground as plain data; transformers are told by their number."""
    number = {each.id: place for place, each in enumerate(ground.transformers)}
    return {
        "district": ground.district,
        "time_zone": ground.time_zone,
        "transformers": [list(each) for each in ground.transformers],
        "homes": [
            [
                *home.at,
                number[home.transformer],
                AREAS.index(home.area_class),
                home.life_support,
                None if home.key_class is None else KEYS.index(home.key_class),
            ]
            for home in ground.homes
        ],
        "teams": [list(team) for team in ground.teams],
    }


def from_plain(data: dict[str, Any]) -> Ground:
    """Return the ground of plain data."""
    transformers = tuple(
        Transformer(name, section, (lon, lat)) for name, section, (lon, lat) in data["transformers"]
    )
    return Ground(
        district=data["district"],
        time_zone=data["time_zone"],
        transformers=transformers,
        homes=tuple(
            Home(
                (lon, lat), transformers[at].id, AREAS[area], life_support,
                None if key is None else KEYS[key],
            )
            for lon, lat, at, area, life_support, key in data["homes"]
        ),
        teams=tuple(
            Team(
                name, turn, depot, (lon, lat), tuple(skills), tuple((a, b) for a, b in licences),
                *people, tuple(kit),
            )
            for name, turn, depot, (lon, lat), skills, licences, *people, kit in data["teams"]
        ),
    )  # fmt: skip
