"""Signing in as it goes on: codes, refresh tokens, and tries that failed; all in real time."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from store.machines import hash_of
from store.tables.signing_in import RefreshTokenRow, SignInCodeRow, SignInFailureRow

CODE_LIVES = timedelta(minutes=1)
REFRESH_IDLE = timedelta(hours=12)
REFRESH_WHOLE = timedelta(days=30)
TWICE_WITHIN = timedelta(seconds=30)
"""A phone that lost the answer sends the same refresh token again; later it is a thief's."""
FORGIVEN_AFTER = timedelta(hours=1)
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class SignIn:
    """Somebody signed in to a client; every token that follows is of this family."""

    family: str
    client_id: str
    subject: str
    scope: str
    signed_in_at: datetime
    redirect_uri: str = ""
    nonce: str | None = None
    challenge: str = ""


def keep_code(session: Session, code: str, sign_in: SignIn, now: datetime) -> None:
    """Keep a code until it is used, and let go of old ones."""
    row = {name: getattr(sign_in, name) for name in SignIn.__dataclass_fields__}
    made = {**row, "code_hash": hash_of(code), "expires_at": now + CODE_LIVES}
    session.execute(insert(SignInCodeRow), [made])
    session.execute(delete(SignInCodeRow).where(SignInCodeRow.expires_at < now - KEPT))


def take_code(session: Session, code: str, client_id: str, now: datetime) -> SignIn | None:
    """Use a code up; one that comes twice ends everything that came of it."""
    query = select(SignInCodeRow).where(SignInCodeRow.code_hash == hash_of(code))
    row = session.scalar(query.with_for_update())
    if row is None or row.client_id != client_id:
        return None
    if row.used_at is not None:
        end_family(session, row.family, now)
        return None
    row.used_at = now
    if row.expires_at <= now:
        return None
    return SignIn(**{name: getattr(row, name) for name in SignIn.__dataclass_fields__})


def keep_refresh(session: Session, token: str, sign_in: SignIn, now: datetime) -> None:
    """Keep a refresh token until it is used, and let go of old ones."""
    row = {
        "token_hash": hash_of(token),
        "family": sign_in.family,
        "client_id": sign_in.client_id,
        "subject": sign_in.subject,
        "scope": sign_in.scope,
        "signed_in_at": sign_in.signed_in_at,
        "expires_at": min(now + REFRESH_IDLE, sign_in.signed_in_at + REFRESH_WHOLE),
    }
    session.execute(insert(RefreshTokenRow), [row])
    session.execute(delete(RefreshTokenRow).where(RefreshTokenRow.expires_at < now - KEPT))


def take_refresh(session: Session, token: str, client_id: str, now: datetime) -> SignIn | None:
    """Use a refresh token up; one that comes twice, and not at once, ends its family."""
    row = _refresh(session, token, client_id)
    if row is None or row.revoked_at is not None or row.expires_at <= now:
        return None
    if row.used_at is not None and row.used_at + TWICE_WITHIN <= now:
        end_family(session, row.family, now)
        return None
    row.used_at = row.used_at or now
    names = ("family", "client_id", "subject", "scope", "signed_in_at")
    return SignIn(**{name: getattr(row, name) for name in names})


def end_refresh(session: Session, token: str, client_id: str, now: datetime) -> None:
    """End the family of a refresh token, as whoever signs out wants."""
    row = _refresh(session, token, client_id)
    if row is not None:
        end_family(session, row.family, now)


def end_family(session: Session, family: str, now: datetime) -> None:
    """Make every refresh token of a sign-in useless."""
    its = (RefreshTokenRow.family == family, RefreshTokenRow.revoked_at.is_(None))
    session.execute(update(RefreshTokenRow).where(*its).values(revoked_at=now))


def _refresh(session: Session, token: str, client_id: str) -> RefreshTokenRow | None:
    query = select(RefreshTokenRow).where(RefreshTokenRow.token_hash == hash_of(token))
    row = session.scalar(query.with_for_update())
    return row if row is not None and row.client_id == client_id else None


@dataclass(frozen=True)
class Patience:
    """How many tries are free, and how long the wait may become: doubled with every one more."""

    free: int
    longest_s: float

    def wait_s(self, failures: int) -> float:
        """Return how long to wait after so many failures."""
        over = failures - self.free
        return 0.0 if over <= 0 else min(self.longest_s, 2.0 ** min(over, 30))


def begin_try(session: Session, keys: Mapping[str, Patience], now: datetime) -> float:
    """Count a try before it is made; returns the seconds to wait instead, or nothing.

    Counted first, so that many at once are not more than one after the other. While any key
    must wait nothing is counted: whoever locks out an account does not do so for ever.
    """
    rows = []
    for key in sorted(keys):
        made = upsert(SignInFailureRow).values(key=key, failures=0, last_at=now)
        session.execute(made.on_conflict_do_nothing())
        query = select(SignInFailureRow).where(SignInFailureRow.key == key)
        rows.append(session.scalars(query.with_for_update()).one())
    waits = [row.locked_until for row in rows if row.locked_until and row.locked_until > now]
    if waits:
        return math.ceil((max(waits) - now).total_seconds())
    for row in rows:
        row.failures = 1 if row.last_at < now - FORGIVEN_AFTER else row.failures + 1
        row.last_at = now
        wait = keys[row.key].wait_s(row.failures)
        row.locked_until = now + timedelta(seconds=wait) if wait else None
    return 0.0


def forgive(session: Session, keys: list[str], now: datetime) -> None:
    """Forget the tries that a good one followed, and those of yesterday."""
    session.execute(delete(SignInFailureRow).where(SignInFailureRow.key.in_(keys)))
    session.execute(delete(SignInFailureRow).where(SignInFailureRow.last_at < now - KEPT))
