"""Passwords: what is kept of them, which are good enough, and one to begin with."""

import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

SHORTEST, LONGEST = 12, 128
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_hex())
"""Checked where there is no such person, so that an answer takes as long as any other."""


def good_enough(password: str, subject: str) -> bool:
    """Tell whether a password may be taken: long, and not the name again."""
    plain = _plain(password)
    return SHORTEST <= len(plain) <= LONGEST and subject.lower() not in plain.lower()


def invent() -> str:
    """Return a password of a hundred bits that can be read out on the telephone."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def keep(password: str) -> str:
    """Return what is kept of a password."""
    return _HASHER.hash(_plain(password))


def is_it(password: str, kept: str | None) -> bool:
    """Tell whether a password is the one of which this was kept; nobody has none."""
    try:
        fits = _HASHER.verify(kept or _NOBODY, _plain(password[: LONGEST * 4]))
    except (Argon2Error, InvalidHashError):
        return False
    return fits and kept is not None


def is_old(kept: str) -> bool:
    """Tell whether a password was kept by weaker rules than today's."""
    return _HASHER.check_needs_rehash(kept)


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
