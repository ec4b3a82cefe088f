"""The road engines of a process, as the settings want them."""

from relight.settings import Settings
from roads.choosing import Roads


def roads_of(settings: Settings) -> Roads:
    """Return engines that are loaded when they are first asked."""
    return Roads(settings.roads_dir, settings.roads, settings.roads_url, zone=settings.time_zone)
