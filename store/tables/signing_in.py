"""Who may sign in here, with what, and for whom a machine asked; all its times are real time."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Base, Key, Serial


class PersonRow(Base):
    """A person who signs in at the local issuer; the password as argon2 keeps it."""

    __tablename__ = "people"

    subject: Mapped[Key]
    name: Mapped[str]
    password: Mapped[str | None]
    grants: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    password_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]


class ClientRow(Base):
    """A program known to the local issuer: a console without a secret, or a machine with one."""

    __tablename__ = "clients"

    id: Mapped[Key]
    name: Mapped[str]
    secret_hash: Mapped[str | None]
    grants: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    scopes: Mapped[list[str]]
    redirect_uris: Mapped[list[str]]
    may_act_as: Mapped[bool]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ApiKeyRow(Base):
    """A key that a machine shows with every request; only its hash is kept."""

    __tablename__ = "api_keys"

    id: Mapped[Key]
    name: Mapped[str]
    secret_hash: Mapped[str]
    grants: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    scopes: Mapped[list[str]]
    may_act_as: Mapped[bool]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class SignInCodeRow(Base):
    """A code on its way from the sign-in page to a console; good once, for a minute."""

    __tablename__ = "sign_in_codes"
    __table_args__ = (Index("ix_sign_in_codes_expires_at", "expires_at"),)

    code_hash: Mapped[Key]
    family: Mapped[str]
    client_id: Mapped[str]
    subject: Mapped[str]
    redirect_uri: Mapped[str]
    scope: Mapped[str]
    nonce: Mapped[str | None]
    challenge: Mapped[str]
    signed_in_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RefreshTokenRow(Base):
    """A refresh token; each is good once, and all of a family end when one is used twice."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        Index("ix_refresh_tokens_family", "family"),
        Index("ix_refresh_tokens_subject", "subject"),
        Index("ix_refresh_tokens_expires_at", "expires_at"),
    )

    token_hash: Mapped[Key]
    family: Mapped[str]
    client_id: Mapped[str]
    subject: Mapped[str]
    scope: Mapped[str]
    signed_in_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignInFailureRow(Base):
    """How often a sign-in failed for an account or an address; `key` is a keyed digest of it."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (Index("ix_sign_in_failures_last_at", "last_at"),)

    key: Mapped[Key]
    failures: Mapped[int]
    last_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]


class ActedForRow(Base):
    """That a machine asked for somebody; append-only."""

    __tablename__ = "acted_for"
    __table_args__ = (Index("ix_acted_for_subject_at", "subject", "at"),)

    id: Mapped[Serial]
    at: Mapped[datetime]
    request_id: Mapped[str]
    method: Mapped[str]
    path: Mapped[str]
    subject: Mapped[str]
    asked_by: Mapped[str]
