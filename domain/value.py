"""The base of every value that crosses a room: frozen, strict, with one canonical text."""

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """An immutable value; unknown fields are refused so that drift shows at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def canonical(self) -> str:
        """Return the one JSON text of this value: sorted keys, no spaces."""
        return canonical_json(self.model_dump(mode="json"))

    def digest(self) -> str:
        """Return the sha256 of the canonical text, in hex."""
        return digest_of(self.canonical())


def canonical_json(data: Any) -> str:
    """Write plain JSON data as one canonical text; sets are the caller's to sort."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(text: str) -> str:
    """Return the sha256 of a text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
