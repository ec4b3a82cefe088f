"""Policies pinned by value: stored by their hash, read back as they were."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select
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


def pinned(session: Session | Connection, policy_hash: str) -> Policy:
    """Return the policy an outage was opened under."""
    body = session.scalar(select(PolicyRow.body).where(PolicyRow.hash == policy_hash))
    if body is None:
        raise LookupError(f"policy {policy_hash} is not stored")
    return parsed(body)
