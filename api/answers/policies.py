"""Answers about policies: what is promised, by which text, and who chose it."""

from typing import Any

from api.answers.base import Answer, Moment, Names
from domain.promises import ArrivalMinutes, Counting, Means


class PolicyBrief(Answer):
    """A policy as lists show it; `digest` is the sha256 of its canonical text."""

    name: str
    version: str
    digest: str
    title: Names
    counted: Counting
    arrival_min: ArrivalMinutes
    mean: Means | None
    sources: list[str]


class PolicyListed(PolicyBrief):
    """An installed policy; by default it is what new outages get."""

    default: bool
    districts: list[str]


class PolicyWhole(PolicyBrief):
    """A policy with its whole text, as it was when it was first used."""

    text: dict[str, Any]


class PolicyChange(Answer):
    """One choice for a district; without a policy it went back to the default."""

    number: int
    policy: str | None
    version: str | None
    digest: str | None
    by: str
    reason: str
    at: Moment


class DistrictPolicy(Answer):
    """What new outages of a district get; without `chosen` it is the default."""

    district: str
    policy: PolicyBrief
    chosen: PolicyChange | None


class KeyChanged(Answer):
    """One key that differs, as people read it; `–` where a policy does not have it."""

    key: str
    words: str
    old: str
    new: str


class PolicyComparison(Answer):
    """What changes from one policy to another."""

    old: PolicyBrief
    new: PolicyBrief
    changes: list[KeyChanged]
