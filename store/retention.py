"""How long what is kept: rules read from a file, every one of them known and complete."""

import tomllib
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

from pydantic import Field, ValidationError

from domain.value import Value


class RetentionRefused(Exception):  # noqa: N818 - it is a refusal, said in a sentence
    """The file cannot be used; the message says where and why."""


class Rule(Value):
    """One rule; `days` count from the moment `since` tells, and `goes` says what goes then."""

    days: int = Field(ge=1, le=36_500)
    since: str
    goes: str
    why: str
    source: str

    def before(self, now: datetime) -> datetime:
        """Return the moment before which things go."""
        return now - timedelta(days=self.days)


LATER = ("power_ons", "photos")
"""Rules that came later: a file written before them has them as they are shipped."""


class Retention(Value):
    """Every rule."""

    positions: Rule
    power_ons: Rule
    idempotency: Rule
    outbox: Rule
    sign_in_codes: Rule
    refresh_tokens: Rule
    sign_in_failures: Rule
    photos: Rule
    persons: Rule
    documents: Rule
    histories: Rule

    def rules(self) -> dict[str, Rule]:
        """Return the rules by name."""
        return {name: getattr(self, name) for name in type(self).model_fields}


def read(file: Path | None = None) -> Retention:
    """Read the rules of a file, or those that come with Relight; raises RetentionRefused."""
    shipped = files("store") / "retention.toml"
    source = shipped if file is None else file
    try:
        ours = tomllib.loads(shipped.read_text(encoding="utf-8"))
        rules = {name: ours[name] for name in LATER}
        return Retention.model_validate(rules | tomllib.loads(source.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as fault:
        raise RetentionRefused(f"{source}: {fault}") from fault
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RetentionRefused(f"{source}: {where}: {first['msg']}") from fault
