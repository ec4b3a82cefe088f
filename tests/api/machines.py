"""Machines of the tests: keys issued straight from the store, shown as a machine shows them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.sign_in import Grant
from store import machines


def a_key(engine: Engine, *grants: str, scopes: tuple[str, ...] = ("*",), **more: Any) -> str:
    """Issue a key and return its text."""
    now = datetime.now(UTC)
    valid: timedelta | None = more.pop("valid", None)
    held = [Grant.parse(text).model_dump(mode="json") for text in grants]
    with Session(engine) as session, session.begin():
        return machines.issue_key(
            session,
            name="a telephone system",
            grants=held,
            scopes=scopes,
            may_act_as=more.get("may_act_as", False),
            now=now,
            expires_at=None if valid is None else now + valid,
        )


def showing(key: str, **headers: str) -> dict[str, str]:
    """Return the headers of a machine, `act_as` for whom it asks."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"Authorization": f"Bearer {key}", **named}
