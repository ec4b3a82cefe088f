"""The road engines of a process, as the settings want them."""

from pathlib import Path

from relight.settings import Settings
from roads.choosing import Choice, Roads, RoadsNow
from roads.data import keep


def roads_of(settings: Settings) -> Roads:
    """Return engines that are loaded when they are first asked."""
    return Roads(settings.roads_dir, settings.roads, settings.roads_url, zone=settings.time_zone)


def make_roads(settings: Settings, file: Path) -> Choice:
    """Make the road data of a map file, so that the first plan does not wait for them."""
    data = keep(file, settings.roads_dir)
    return roads_of(settings).choose(RoadsNow(land=data.digest))
