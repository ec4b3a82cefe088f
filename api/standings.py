"""Who passed the door lately, by what they showed there: known again before any check.

Nothing is let in by this memory. It only tells a desk from the public when there is no time to ask.
"""

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b

from starlette.types import Scope

from api.rates import Kind, kind_of
from domain.kinds import Role

MOST = 20_000
SHOWN = frozenset({b"authorization", b"cookie", b"x-api-key"})


@dataclass(frozen=True)
class Standing:
    """What a caller counts as, and the name under which they are counted."""

    kind: Kind
    name: str


STRANGER = Standing(Kind.STRANGER, "")


class Standings:
    """The callers who passed the door last, at most so many; the longest unseen goes first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[bytes, Standing] = OrderedDict()

    def remember(self, scope: Scope, subject: str, role: Role) -> None:
        """Keep who came with what this request shows."""
        shown = _shown(scope)
        self._known[shown] = Standing(kind_of(role), subject)
        self._known.move_to_end(shown)
        if len(self._known) > self._most:
            self._known.popitem(last=False)

    def of(self, scope: Scope) -> Standing:
        """Return who comes with what this request shows."""
        return self._known.get(_shown(scope), STRANGER)


def _shown(scope: Scope) -> bytes:
    """Return a digest of what a caller shows to be let in."""
    digest = blake2b(digest_size=16)
    for name, value in scope["headers"]:
        if name in SHOWN:
            digest.update(value)
    return digest.digest()
