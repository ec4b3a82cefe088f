"""What a sound policy may still get wrong: promises beneath the law, alarms nobody hears."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from pydantic import Field

from domain.kinds import AreaClass, Ladder
from domain.policy import Policy
from domain.value import Value


class Remark(Value):
    """One thing to think about; `key` is where in the file it stands."""

    key: tuple[str, ...]
    code: str
    params: dict[str, Any] = Field(default_factory=dict)


def review(policy: Policy, law: Policy | None) -> tuple[Remark, ...]:
    """Return what is odd about a policy; `law` is what nobody may promise less than."""
    return (
        *(() if law is None else _beneath(policy, law)),
        *_promises(policy),
        *_ladders(policy),
        *_weights(policy),
    )


def _beneath(policy: Policy, law: Policy) -> Iterator[Remark]:
    for area in AreaClass:
        minutes = getattr(policy.arrival_min, area.value)
        floor = getattr(law.arrival_min, area.value)
        if minutes > floor:
            params = {"minutes": minutes, "law": floor}
            yield Remark(key=("arrival_min", area.value), code="beneath_the_law", params=params)


def _promises(policy: Policy) -> Iterator[Remark]:
    for near, far in pairwise(AreaClass):
        if getattr(policy.arrival_min, near.value) > getattr(policy.arrival_min, far.value):
            params = {"near": near.value, "far": far.value}
            yield Remark(key=("arrival_min", near.value), code="near_is_later", params=params)
    for area in AreaClass:
        mean = policy.mean and getattr(policy.mean.arrival_min, area.value)
        ceiling = getattr(policy.arrival_min, area.value)
        if mean and mean > ceiling:
            params = {"mean": mean, "ceiling": ceiling}
            key = ("mean", "arrival_min", area.value)
            yield Remark(key=key, code="mean_over_ceiling", params=params)


def _ladders(policy: Policy) -> Iterator[Remark]:
    for ladder in Ladder:
        rungs = policy.rungs(ladder, None)
        key = ("ladders", ladder.value)
        if all(rung.percent != 100 for rung in rungs):
            yield Remark(key=key, code="no_rung_at_the_deadline")
        for low, high in pairwise(rungs):
            if high.to.height < low.to.height:
                params = {"percent": high.percent, "low": low.to.value, "high": high.to.value}
                yield Remark(key=key, code="rung_falls", params=params)


def _weights(policy: Policy) -> Iterator[Remark]:
    prices = policy.planning
    if prices.weight_life_support >= prices.weight_danger:
        yield Remark(key=("planning", "weight_life_support"), code="outweighs_danger")
    for name, special in policy.key_customers.items():
        if (special.weight or 0) > prices.weight_life_support:
            key = ("key_customers", name.value, "weight")
            yield Remark(key=key, code="outweighs_life_support")
