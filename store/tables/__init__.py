"""All tables; importing this package fills `metadata`."""

from store.tables import (
    callbacks,
    closures,
    crews,
    delivery,
    erasures,
    land,
    live,
    meters,
    photos,
    planned,
    planning,
    progress,
    regrouping,
    restoring,
    signing_in,
    territory,
    work,
)
from store.tables.base import SRID, Base

metadata = Base.metadata

__all__ = [
    "SRID",
    "Base",
    "callbacks",
    "closures",
    "crews",
    "delivery",
    "erasures",
    "land",
    "live",
    "metadata",
    "meters",
    "photos",
    "planned",
    "planning",
    "progress",
    "regrouping",
    "restoring",
    "signing_in",
    "territory",
    "work",
]
