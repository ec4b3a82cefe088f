"""The layers of the tiles as queries: each row a feature, the most important first."""

from collections.abc import Mapping, Sequence
from typing import Literal

from sqlalchemy import TextClause, text

Kind = Literal["land", "network"]

_REACH = """
WITH frame AS (
    SELECT ST_TileEnvelope(:z, :x, :y) AS box,
           ST_MakeEnvelope(:west, :south, :east, :north, 4326) AS reach
)
"""
# Rows are drawn to :step degrees before they are moved to the map's own measure: that is cheaper.
_SHAPE = (
    "ST_AsMVTGeom(ST_Transform(ST_Simplify({column}, :step, true), 3857), frame.box, 4096, 128)"
)
_LAYER = "coalesce((SELECT ST_AsMVT(drawn, '{name}', 4096, 'shape') FROM ({rows}) drawn), '')"

_LINE = _SHAPE.format(column="ST_LineMerge(ST_Collect({column}))")
_NAMES = "name, name_en, name_zh"
_LAND = {
    "landuse": f"""
        SELECT kind, {_NAMES}, {_SHAPE.format(column="shape")} AS shape FROM surfaces, frame
        WHERE shape && reach AND kind = ANY(CAST(:surfaces AS text[]))
        AND kind <> 'water'
        AND ST_Area(shape) > :speck ORDER BY ST_Area(shape) DESC LIMIT :most""",
    "water": f"""
        SELECT kind, {_NAMES}, {_SHAPE.format(column="shape")} AS shape FROM surfaces, frame
        WHERE shape && reach AND kind = 'water'
        AND 'water' = ANY(CAST(:surfaces AS text[]))
        AND ST_Area(shape) > :speck ORDER BY ST_Area(shape) DESC LIMIT :most""",
    "buildings": f"""
        SELECT {_SHAPE.format(column="shape")} AS shape FROM surfaces, frame
        WHERE :buildings AND shape && reach AND kind = 'building'
        AND ST_Area(shape) > :speck ORDER BY ST_Area(shape) DESC LIMIT :most""",
    "courses": f"""
        SELECT kind, {_NAMES}, {_LINE.format(column="path")} AS shape FROM courses, frame
        WHERE path && reach AND kind = ANY(CAST(:courses AS text[]))
        GROUP BY kind, {_NAMES}, frame.box
        LIMIT :most""",
    "roads": f"""
        SELECT kind, {_NAMES}, {_LINE.format(column="path")} AS shape FROM streets, frame
        WHERE path && reach AND kind = ANY(CAST(:streets AS text[]))
        GROUP BY kind, {_NAMES}, frame.box
        ORDER BY array_position(CAST(:streets AS text[]), kind), name NULLS LAST LIMIT :most""",
    "places": f"""
        SELECT kind, {_NAMES}, population,
               ST_AsMVTGeom(ST_Transform(at, 3857), frame.box, 4096, 128) AS shape
        FROM settlements, frame WHERE at && reach AND kind = ANY(CAST(:settlements AS text[]))
        ORDER BY array_position(CAST(:settlements AS text[]), kind), population DESC NULLS LAST, id
        LIMIT :most""",
}
_POINT = "ST_AsMVTGeom(ST_Transform({column}, 3857), frame.box, 4096, 128)"
_MINE = "(CAST(:scope AS text[]) IS NULL OR {row}.district_id = ANY(CAST(:scope AS text[])))"
_NETWORK = {
    "areas": f"""
        SELECT a.id, a.district_id AS district, a.area_class,
               {_SHAPE.format(column="a.boundary")} AS shape
        FROM service_areas a, frame WHERE a.boundary && reach AND {_MINE.format(row="a")}
        ORDER BY a.id LIMIT :most""",
    "feeders": f"""
        SELECT s.id, s.name, f.id AS feeder, f.name_en, f.name_zh, f.district_id AS district,
               s.customers, {_SHAPE.format(column="s.path")} AS shape
        FROM sections s JOIN feeders f ON f.id = s.feeder_id, frame
        WHERE s.path && reach AND {_MINE.format(row="f")} ORDER BY s.customers DESC, s.id
        LIMIT :most""",
    "transformers": f"""
        SELECT t.id, t.name, t.customers, t.section_id AS section,
               {_POINT.format(column="t.at")} AS shape
        FROM transformers t JOIN feeders f ON f.id = t.feeder_id, frame
        WHERE :transformers AND t.at && reach AND {_MINE.format(row="f")}
        ORDER BY t.customers DESC, t.id LIMIT :most""",
    "devices": f"""
        SELECT d.id, d.name, d.kind, d.normally_open, {_POINT.format(column="d.at")} AS shape
        FROM devices d JOIN sections s ON s.id = d.section_id
        JOIN feeders f ON f.id = s.feeder_id, frame
        WHERE d.at && reach AND d.kind = ANY(CAST(:devices AS text[]))
        AND {_MINE.format(row="f")}
        ORDER BY d.id LIMIT :most""",
    "substations": f"""
        SELECT s.id, s.name_en, s.name_zh, {_POINT.format(column="s.at")} AS shape
        FROM substations s, frame WHERE s.at && reach AND {_MINE.format(row="s")}
        ORDER BY s.id LIMIT :most""",
}
LAYERS: Mapping[Kind, Sequence[str]] = {"land": tuple(_LAND), "network": tuple(_NETWORK)}


def _query(layers: Mapping[str, str]) -> str:
    drawn = [_LAYER.format(name=name, rows=rows) for name, rows in layers.items()]
    return f"{_REACH} SELECT {' || '.join(drawn)} AS tile"


TILES: Mapping[Kind, TextClause] = {
    "land": text(_query(_LAND)),
    "network": text(_query(_NETWORK)),
}
