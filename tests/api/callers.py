"""Who speaks to the API in the tests, and the least they say."""

from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.sign_in import Caller, sign
from domain.kinds import Role

KEY = Ed25519PrivateKey.generate()
# Nothing listens there: the port of the discard service, which is never given out.
NOWHERE = "127.0.0.1:9"
SERVICE_POINT = "jp-f1-s1-t1-p1"


def signed_in(
    role: str,
    subject: str | None = None,
    *,
    districts: tuple[str, ...] = ("*",),
    crew: str | None = None,
    valid: timedelta = timedelta(hours=1),
) -> dict[str, str]:
    """Return the header of a person with a role."""
    if role == "crew" and crew is None:
        crew = "jp-crew-01"
    caller = Caller(
        subject=subject or role, role=Role(role), districts=districts, crew=crew, name=""
    )
    token = sign(KEY, caller, now=datetime.now(UTC), valid=valid)
    return {"Authorization": f"Bearer {token}"}


def a_report(**fields: object) -> dict[str, object]:
    """Return the body of a report as a call taker sends it."""
    return {"channel": "phone", "place": {"service_point_id": SERVICE_POINT}, **fields}


def repair_steps(at: object) -> list[tuple[str, dict[str, Any]]]:
    """What a crew says, in order, of a task without trouble at a place [lon, lat]."""
    return [
        ("acknowledge", {}),
        ("depart", {}),
        ("arrive", {"position": at}),
        ("contact_customer", {}),
        ("begin_work", {"safety_officer": "sam"}),
        ("restore", {}),
        ("complete", {"cause": "fuse"}),
    ]
