"""What a map file says of itself: where it comes from and what it covers."""

from dataclasses import dataclass
from pathlib import Path

import osmium

from territory.land import Bounds

OSM = "© OpenStreetMap contributors"
INVENTED = "Relight 虚构地图 / invented map"
WRITER = "relight-territory"
"""How a file that Relight invented names its writer; seed and size follow."""


@dataclass(frozen=True)
class Origin:
    """Where a file comes from; None where it does not say."""

    attribution: str
    name: str | None = None
    source: str | None = None
    bounds: Bounds | None = None


def header_of(file: Path) -> Origin:
    """Return what a map file says of itself."""
    with osmium.io.Reader(str(file), osmium.osm.NOTHING) as reader:
        header = reader.header()
        written = header.get("generator", "")
        box = header.box()
        bounds = None
        if box.valid() and box.bottom_left.lon < box.top_right.lon:
            low, high = box.bottom_left, box.top_right
            bounds = Bounds(low.lon, low.lat, high.lon, high.lat)
    if written.startswith(WRITER):
        return Origin(INVENTED, "江坪 Jiangping", written, bounds)
    return Origin(OSM, bounds=bounds)
