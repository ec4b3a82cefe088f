"""Where a drill is played: the small demo district without a database, or what is loaded."""

import re
from dataclasses import dataclass

from sqlalchemy.orm import Session

from sim.drill.transplant import Home
from store.demo.ground import CITY, Ground, TerritoryPlan, network
from store.demo.people import service_points
from store.engine import connect
from store.reading import homes


@dataclass(frozen=True)
class Scenery:
    """A district with its names and its homes."""

    district: str
    name_en: str
    name_zh: str
    homes: list[Home]

    def name(self, lang: str) -> str:
        """Return the district's name in a language."""
        return self.name_zh if lang == "zh" else self.name_en


def demo_scenery() -> Scenery:
    """Return the small demo district, which a rehearsal of its own loads."""
    return Scenery(CITY.id, CITY.name_en, CITY.name_zh, demo_homes(CITY))


def loaded_scenery(url: str) -> Scenery | None:
    """Return the district with most homes of a running installation; None where there is none."""
    engine = connect(url, connections=1, name="drill")
    try:
        with Session(engine) as session:
            found = homes.greatest_district(session)
            if found is None:
                return None
            seen = homes.of_district(session, found[0])
    finally:
        engine.dispose()
    return Scenery(
        *found,
        [Home(h.service_point, h.transformer, h.section, h.address, (h.lon, h.lat)) for h in seen],
    )


@dataclass(frozen=True)
class _Transformer:
    id: str
    section_id: str
    lon: float
    lat: float


def demo_homes(plan: TerritoryPlan) -> list[Home]:
    """Return every home of a demo district, drawn as the demo draws it."""
    ground = Ground(plan)
    _, _, drawn = network(ground)
    transformers = [
        _Transformer(row["id"], row["section_id"], *_lon_lat(row["at"]))
        for row in sorted(drawn, key=lambda row: str(row["id"]))
    ]
    section_of = {row.id: row.section_id for row in transformers}
    return [
        Home(
            service_point=row["id"],
            transformer=row["transformer_id"],
            section=section_of[row["transformer_id"]],
            address=row["address"],
            at=_lon_lat(row["at"]),
        )
        for row in service_points(ground, transformers)
    ]


def _lon_lat(place: str) -> tuple[float, float]:
    lon, lat = re.findall(r"-?\d+(?:\.\d+)?", place.partition("POINT")[2])
    return float(lon), float(lat)
