"""The declarative base and the few column shapes every table is made of."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import ARRAY, BigInteger, ForeignKey, Integer, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, mapped_column

SRID = 4326

# Of parts: whole numbers by name.
COUNTED = """
jsonb_typeof(parts) = 'object'
AND NOT jsonb_path_exists(parts, '$.* ? (@.type() != "number")')
AND NOT jsonb_path_exists(parts, '$.* ? (@ < {least} || @ > 1000000 || @.floor() != @)')
"""

# One naming rule for every constraint, so that a migration can name what it drops.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of all tables: text is TEXT, times are timestamptz, values are JSONB."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar = {
        str: Text(),
        int: Integer(),
        datetime: TIMESTAMP(timezone=True),
        dict[str, Any]: JSONB(),
        list[str]: ARRAY(Text()),
    }


def shape(kind: str) -> Geometry:
    """Return a new column type for one kind of geometry."""
    # Indexes are declared by hand beside their queries, never made behind our back.
    return Geometry(kind, srid=SRID, spatial_index=False)


Key = Annotated[str, mapped_column(Text, primary_key=True)]
Serial = Annotated[int, mapped_column(BigInteger, primary_key=True, autoincrement=True)]
BigInt = Annotated[int, mapped_column(BigInteger)]
Place = Annotated[WKBElement, mapped_column(shape("POINT"))]
Path = Annotated[WKBElement, mapped_column(shape("LINESTRING"))]
Area = Annotated[WKBElement, mapped_column(shape("MULTIPOLYGON"))]
District = Annotated[str, mapped_column(Text, ForeignKey("districts.id"))]
OfOutage = Annotated[str, mapped_column(Text, ForeignKey("outages.id"))]
