"""Strict reading of JSON bodies: `"5"` is no number, `1` is no truth, a bare number is no time."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, GetCoreSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, ValidationError
from pydantic_core import core_schema as schemas


class Strictly:
    """Marks a body type that is read as JSON is read: every type exactly as written.

    The framework hands over parsed values, where a time and a text look alike; reading the
    text once more in strict mode keeps them apart. `whole` is the type with all its marks.
    """

    def __init__(self, whole: Any) -> None:
        self._whole = whole

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Wrap the schema of the type by the strict reading."""
        reader: TypeAdapter[Any] = TypeAdapter(self._whole)

        def read(value: Any, _: Any) -> Any:
            try:
                text = json.dumps(value)
            except (RecursionError, TypeError) as error:
                raise PydanticCustomError("json_invalid", "not JSON") from error
            if "\\u0000" in text:
                _refuse_nul(value)
            return reader.validate_json(text, strict=True)

        return schemas.no_info_wrap_validator_function(read, handler(source))


def _refuse_nul(value: Any) -> None:
    """Refuse the one character a database text cannot hold."""
    faults = [
        InitErrorDetails(type=PydanticCustomError("text_with_nul", "NUL"), loc=path, input=None)
        for path in _nuls(value, ())
    ]
    if faults:
        raise ValidationError.from_exception_data("body", faults)


def _nuls(value: Any, path: tuple[int | str, ...]) -> Iterator[tuple[int | str, ...]]:
    if isinstance(value, str) and "\x00" in value:
        yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            if "\x00" in key:
                yield (*path, key)
            yield from _nuls(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _nuls(item, (*path, number))


_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_LAST = datetime(2100, 1, 1, tzinfo=UTC)


def _possible(moment: datetime) -> datetime:
    # Compared before any conversion: the ends of the calendar overflow when moved to UTC.
    if not _FIRST.year <= moment.year <= _LAST.year:
        raise PydanticCustomError("time_impossible", "no such time", {"limit": "2000-2100"})
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_possible)]
"""A time with its offset within this century, in UTC from here on."""
