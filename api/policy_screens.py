"""How policies look from outside."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from domain.policy import Policy
from domain.policy_changes import changes, name_of, value_of
from store import district_policies, policies
from store.district_policies import Change


def brief(policy: Policy, digest: str) -> dict[str, Any]:
    """Return a policy as lists show it."""
    return {
        "name": policy.name,
        "version": policy.version,
        "digest": digest,
        "title": {"en": policy.title_en, "zh": policy.title_zh},
        "counted": policy.counted.value,
        "arrival_min": policy.arrival_min.model_dump(),
        "mean": policy.mean and policy.mean.model_dump(),
        "sources": list(policy.sources),
    }


def listed(
    packs: Mapping[str, Policy], default: str, in_use: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the installed policies by name, with the districts that chose this very text."""
    found = []
    for name in sorted(packs):
        digest = policies.canonical(packs[name])[0]
        chosen_by = [district for district, its in in_use.items() if its == digest]
        here = {"default": name == default, "districts": chosen_by}
        found.append({**brief(packs[name], digest), **here})
    return found


def whole(text: dict[str, Any], digest: str) -> dict[str, Any]:
    """Return a policy with its text as it was written."""
    return {**brief(policies.parsed(text), digest), "text": text}


def change(each: Change) -> dict[str, Any]:
    """Return one choice for a district."""
    return {
        "number": each.number,
        "policy": each.name,
        "version": each.version,
        "digest": each.policy_hash,
        "by": each.by,
        "reason": each.reason,
        "at": each.at,
    }


def of_district(session: Session, district: str, default: Policy) -> dict[str, Any]:
    """Return what new outages of a district get, and the choice that made it so."""
    digest = district_policies.chosen(session, district)
    policy = default if digest is None else policies.pinned(session, digest)
    last = district_policies.changes(session, district)
    return {
        "district": district,
        "policy": brief(policy, digest or policies.canonical(policy)[0]),
        "chosen": change(last[0]) if last and digest is not None else None,
    }


def compared(old: tuple[Policy, str], new: tuple[Policy, str], lang: str) -> dict[str, Any]:
    """Return what changes from one policy to another, with words for people."""
    found = [
        {
            "key": each.key,
            "words": name_of(each.key, lang),
            "old": value_of(each.key, each.old, lang),
            "new": value_of(each.key, each.new, lang),
        }
        for each in changes(old[0], new[0])
    ]
    return {"old": brief(*old), "new": brief(*new), "changes": found}
