"""Policies pinned by value: stored by their hash, read back as they were."""

import json
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.policy import Policy
from domain.value import canonical_json, digest_of
from store.tables.work import PolicyRow

_written: dict[int, tuple[Policy, str, str]] = {}


def canonical(policy: Policy) -> tuple[str, str]:
    """Return hash and canonical text of a policy, worked out once per value in memory."""
    known = _written.get(id(policy))
    if known is None or known[0] is not policy:
        body = policy.canonical()
        known = _written[id(policy)] = (policy, digest_of(body), body)
    return known[1], known[2]


@lru_cache(maxsize=64)
def _parsed(body: str) -> Policy:
    return Policy.model_validate_json(body)


def parsed(body: dict[str, Any]) -> Policy:
    """Read a stored policy; the same text is read once per process."""
    return _parsed(canonical_json(body))


_read: dict[str, Policy] = {}
_MOST_READ = 256


def pinned(session: Session | Connection, policy_hash: str) -> Policy:
    """Return the policy of a hash; what a hash stands for never changes, so it is read once."""
    known = _read.get(policy_hash)
    if known is None:
        body = text_of(session, policy_hash)
        if body is None:
            raise LookupError(f"policy {policy_hash} is not stored")
        if len(_read) >= _MOST_READ:
            _read.clear()
        known = _read[policy_hash] = parsed(body)
    return known


def text_of(session: Session | Connection, policy_hash: str) -> dict[str, Any] | None:
    """Return a policy as it was written when it was first used, or None."""
    return session.scalar(select(PolicyRow.body).where(PolicyRow.hash == policy_hash))


def keep(session: Session, policy: Policy) -> str:
    """Store a policy under its hash, which is returned; known ones stay as they are."""
    policy_hash, body = canonical(policy)
    values = {"name": policy.name, "version": policy.version, "body": json.loads(body)}
    query = insert(PolicyRow).values(hash=policy_hash, **values)
    session.execute(query.on_conflict_do_nothing(index_elements=["hash"]))
    return policy_hash


def hashes_like(session: Session, start: str) -> list[str]:
    """List the hashes of stored policies that begin so; two at most, since one must be meant."""
    query = select(PolicyRow.hash).where(PolicyRow.hash.startswith(start, autoescape=True))
    return list(session.scalars(query.order_by(PolicyRow.hash).limit(2)))
