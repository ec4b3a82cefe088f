"""The homes of the demo district without a database: the places that the demo loads."""

import re
from dataclasses import dataclass

from sim.drill.transplant import Home
from store.demo.ground import Ground, TerritoryPlan, network
from store.demo.people import service_points


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
