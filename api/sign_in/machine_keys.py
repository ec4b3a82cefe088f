"""Keys of machines: `rlk_<id>_<secret>`, looked up by id and remembered for seconds."""

import time
from collections import OrderedDict
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from api.sign_in.caller import Grant, Person
from api.sign_in.tokens import refused
from store import machines
from store.machines import KEY_PREFIX, Machine

if TYPE_CHECKING:
    from api.office import Office

EVERY_SCOPE = "*"
REMEMBERED_S = 5.0
"""How long a revoked key may still pass in a process that saw it just before."""
MOST = 10_000


def holder_of(machine: Machine, kind: str) -> Person:
    """Return a machine as whoever signs in."""
    return Person(
        subject=f"{kind}/{machine.id}",
        name=machine.name,
        grants=tuple(Grant.model_validate(grant) for grant in machine.grants),
        scopes=None if EVERY_SCOPE in machine.scopes else tuple(sorted(machine.scopes)),
        may_act_as=machine.may_act_as,
    )


class KeyRing:
    """The keys that were shown lately, so that not every request asks the database."""

    def __init__(self, remembered_s: float = REMEMBERED_S) -> None:
        self._remembered_s = remembered_s
        self._seen: OrderedDict[bytes, tuple[float, Machine]] = OrderedDict()

    @staticmethod
    def is_key(text: str) -> bool:
        """Tell whether a text looks like a key rather than a token."""
        return text.startswith(KEY_PREFIX)

    async def holder(self, office: "Office", text: str) -> Person:
        """Return whose key a text is, or refuse it."""
        shown = sha256(text.encode()).digest()
        until, machine = self._seen.get(shown, (0.0, None))
        if machine is None or until < time.monotonic():
            self._seen.pop(shown, None)
            machine = await office.ask(_look, text)
            self._seen[shown] = (time.monotonic() + self._remembered_s, machine)
            if len(self._seen) > MOST:
                self._seen.popitem(last=False)
        if machine.expires_at is not None and machine.expires_at <= datetime.now(UTC):
            raise refused("token_expired")
        return holder_of(machine, "key")


def _look(session: Session, text: str) -> Machine:
    machine = None if "\x00" in text else machines.key_of(session, text, datetime.now(UTC))
    if machine is None:
        raise refused("token_invalid")
    return machine
