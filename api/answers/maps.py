"""Answers about maps: what there is to be drawn, and where its tiles are found."""

from api.answers.base import Answer, Names

Box = tuple[float, float, float, float]


class TilesShown(Answer):
    """Tiles of one kind; `tiles` are addresses with {z}, {x} and {y}, as TileJSON has them."""

    version: str
    tiles: list[str]
    minzoom: int
    maxzoom: int
    vector_layers: list[str]


class LandShown(TilesShown):
    """The land; `attribution` must be shown wherever it is drawn, and beyond `bounds` is none."""

    name: str
    attribution: str
    bounds: Box


class DistrictShown(Answer):
    """A district as a map begins with it."""

    id: str
    name: Names
    time_zone: str
    bounds: Box


class BaseMap(Answer):
    """A base map of one's own instead of the land: a style, or an archive of tiles."""

    style_url: str | None
    pmtiles_url: str | None


class MapShown(Answer):
    """What a map is made of for one caller.

    `land` is null where none is loaded, `network` where the caller may not see it. `base` takes
    the place of the land where the installation names one.
    """

    land: LandShown | None
    network: TilesShown | None
    base: BaseMap | None
    districts: list[DistrictShown]
    bounds: Box | None
