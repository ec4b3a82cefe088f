"""The form a photo comes in: the picture, and what its crew says of it, read strictly."""

import json
from typing import Annotated, Any

from fastapi import UploadFile
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from api.bodies import Body, Id
from api.places import PointIn
from api.strictness import Moment, Strictly
from domain.photo import LONGEST_NOTE, Shows


class PhotoStatement(Body):
    """What a crew says of a photo: numbered by its phone as all it says from the field is."""

    device: Id
    device_seq: int = Field(ge=0, le=2**53 - 1)
    shows: Shows
    note: str | None = Field(default=None, min_length=1, max_length=LONGEST_NOTE)
    task: Id | None = None
    occurred_at: Moment | None = None
    position: PointIn | None = None


def _parsed(text: Any) -> Any:
    if not isinstance(text, str):
        raise PydanticCustomError("json_invalid", "not JSON")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise PydanticCustomError("json_invalid", "not JSON") from fault


class PhotoForm(BaseModel):
    """A photo: `photo` is a JPEG, PNG or WebP of 8 MiB at most, `statement` is JSON."""

    model_config = ConfigDict(extra="forbid")

    # Makers of clients know bytes by this name.
    photo: UploadFile = Field(json_schema_extra={"format": "binary"})
    statement: Annotated[PhotoStatement, Strictly(PhotoStatement), BeforeValidator(_parsed)]
