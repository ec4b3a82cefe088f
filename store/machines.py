"""Machines that sign in: clients of the local issuer, and keys shown with every request."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from store.tables.signing_in import ApiKeyRow, ClientRow

KEY_PREFIX = "rlk_"
SECRET_BYTES = 32
COARSE = timedelta(hours=1)
"""How exactly is noted when a key was last used: no write per request."""
Grants = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Machine:
    """A program with what it holds; `secret` is told once, when it is made."""

    id: str
    name: str
    grants: list[dict[str, Any]]
    scopes: list[str]
    may_act_as: bool
    created_at: datetime
    revoked_at: datetime | None
    redirect_uris: tuple[str, ...] = ()
    public: bool = False
    expires_at: datetime | None = None
    last_used_at: datetime | None = None


def hash_of(secret: str) -> str:
    """Return what is kept of a secret: it is long and drawn by chance, so one digest will do."""
    return sha256(secret.encode()).hexdigest()


def fits(secret: str, kept: str) -> bool:
    """Tell in constant time whether a secret is the one whose digest is kept."""
    return hmac.compare_digest(hash_of(secret), kept)


def issue_key(
    session: Session,
    *,
    name: str,
    grants: Grants,
    scopes: Sequence[str],
    may_act_as: bool,
    now: datetime,
    expires_at: datetime | None,
) -> str:
    """Make a key and return its text, which is not kept and cannot be had again."""
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(SECRET_BYTES)
    row = {
        "id": key_id,
        "name": name,
        "secret_hash": hash_of(secret),
        "grants": list(grants),
        "scopes": list(scopes),
        "may_act_as": may_act_as,
        "created_at": now,
        "expires_at": expires_at,
    }
    session.execute(insert(ApiKeyRow), [row])
    return f"{KEY_PREFIX}{key_id}_{secret}"


def key_of(session: Session, text: str, now: datetime) -> Machine | None:
    """Return whose key a text is, unless it was revoked; notes roughly when it was used."""
    key_id, _, secret = text.removeprefix(KEY_PREFIX).partition("_")
    row = session.get(ApiKeyRow, key_id)
    if row is None or not fits(secret, row.secret_hash) or row.revoked_at is not None:
        return None
    if row.last_used_at is None or row.last_used_at < now - COARSE:
        session.execute(update(ApiKeyRow).where(ApiKeyRow.id == key_id).values(last_used_at=now))
    return _key(row)


def keys(session: Session) -> list[Machine]:
    """List every key, the newest first."""
    rows = session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.created_at.desc(), ApiKeyRow.id))
    return [_key(row) for row in rows]


def revoke_key(session: Session, key_id: str, now: datetime) -> bool:
    """End a key; tells whether there was one."""
    return _revoke(session, ApiKeyRow, key_id, now)


def add_client(
    session: Session,
    client_id: str,
    *,
    name: str,
    grants: Grants,
    scopes: Sequence[str],
    may_act_as: bool,
    redirect_uris: Sequence[str],
    now: datetime,
) -> str | None:
    """Register a program; returns its secret, or None for a console, which can keep none."""
    secret = None if redirect_uris else secrets.token_urlsafe(SECRET_BYTES)
    row = {
        "id": client_id,
        "name": name,
        "secret_hash": secret and hash_of(secret),
        "grants": list(grants),
        "scopes": list(scopes),
        "redirect_uris": list(redirect_uris),
        "may_act_as": may_act_as,
        "created_at": now,
    }
    session.execute(insert(ClientRow), [row])
    return secret


def client(session: Session, client_id: str) -> Machine | None:
    """Return a program, unless it was revoked."""
    row = session.get(ClientRow, client_id)
    return None if row is None or row.revoked_at is not None else _client(row)


def client_fits(session: Session, client_id: str, secret: str) -> bool:
    """Tell whether a secret is that of a program."""
    row = session.get(ClientRow, client_id)
    return row is not None and row.secret_hash is not None and fits(secret, row.secret_hash)


def clients(session: Session) -> list[Machine]:
    """List every program, by name."""
    return [_client(row) for row in session.scalars(select(ClientRow).order_by(ClientRow.id))]


def revoke_client(session: Session, client_id: str, now: datetime) -> bool:
    """End a program's sign-in; tells whether there was one."""
    return _revoke(session, ClientRow, client_id, now)


def changed(result: Any) -> bool:
    """Tell whether a statement changed any row."""
    return bool(result.rowcount)


def _revoke(session: Session, table: Any, name: str, now: datetime) -> bool:
    query = update(table).where(table.id == name, table.revoked_at.is_(None))
    return changed(session.execute(query.values(revoked_at=now)))


def _key(row: ApiKeyRow) -> Machine:
    return Machine(
        id=row.id,
        name=row.name,
        grants=row.grants,
        scopes=row.scopes,
        may_act_as=row.may_act_as,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )


def _client(row: ClientRow) -> Machine:
    return Machine(
        id=row.id,
        name=row.name,
        grants=row.grants,
        scopes=row.scopes,
        may_act_as=row.may_act_as,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        redirect_uris=tuple(row.redirect_uris),
        public=row.secret_hash is None,
    )
