"""A sound policy may still promise less than the law, or ring where nobody hears."""

from typing import Any

import pytest

from domain.policy import Policy, line_of
from domain.policy_review import review
from tests.domain.builders import POLICIES, policy_named

LAW = policy_named("regulatory_floor")


def changed(policy: Policy, path: str, value: Any) -> Policy:
    """A policy with one value changed, read again as from a file."""
    data = policy.model_dump(mode="json")
    table = data
    *before, last = [
        int(part) if part.isdigit() and part != "1" else part for part in path.split(".")
    ]
    for part in before:
        table = table[part]
    table[last] = value
    return Policy.model_validate(data)


@pytest.mark.parametrize("name", sorted(path.stem for path in POLICIES.glob("*.toml")))
def test_nothing_is_odd_about_the_policies_here(name: str) -> None:
    assert review(policy_named(name), LAW) == ()


@pytest.mark.parametrize(
    ("name", "path", "value", "code", "key"),
    [
        ("karamay", "arrival_min.remote", 241, "beneath_the_law", "arrival_min.remote"),
        ("state_grid_ceiling", "arrival_min.urban", 91, "near_is_later", "arrival_min.urban"),
        (
            "southern_grid", "mean.arrival_min.rural", 121, "mean_over_ceiling",
            "mean.arrival_min.rural",
        ),
        ("karamay", "ladders.callback.0.to", "general_manager", "rung_falls", "ladders.callback"),
        (
            "karamay", "ladders.callback",
            [{"percent": 99, "to": "duty_manager"}], "no_rung_at_the_deadline", "ladders.callback",
        ),
        (
            "karamay", "planning.weight_life_support", 10, "outweighs_danger",
            "planning.weight_life_support",
        ),
        (
            "karamay", "key_customers.1.weight", 4, "outweighs_life_support",
            "key_customers.1.weight",
        ),
    ],
)  # fmt: skip
def test_what_is_odd_is_named_with_the_key_where_it_stands(
    name: str, path: str, value: Any, code: str, key: str
) -> None:
    remarks = review(changed(policy_named(name), path, value), LAW)

    assert (code, key) in [(each.code, ".".join(each.key)) for each in remarks]
    text = (POLICIES / f"{name}.toml").read_text(encoding="utf-8")
    assert line_of(text, tuple(key.split("."))) > 1


def test_without_a_law_nothing_is_beneath_it() -> None:
    slow = changed(policy_named("karamay"), "arrival_min.remote", 900)

    assert review(slow, None) == ()
