"""Policy files are read strictly: each fault names its file and line."""

from pathlib import Path

import pytest

from domain.kinds import AreaClass, TaskKind
from domain.policy import Policy, PolicyError, parse_policy
from tests.domain.builders import POLICIES, minutes, policy_named

FILES = sorted(POLICIES.glob("*.toml"))
FLOOR = (POLICIES / "regulatory_floor.toml").read_text(encoding="utf-8")


def line_of(text: str, wanted: str) -> int:
    return text.splitlines().index(wanted) + 1


def fault_of(old: str, new: str) -> str:
    assert FLOOR.count(old) >= 1
    with pytest.raises(PolicyError) as fault:
        parse_policy(FLOOR.replace(old, new, 1), "floor.toml")
    return str(fault.value)


def test_there_are_the_two_policies_of_the_first_round() -> None:
    assert {"regulatory_floor", "state_grid_ceiling"} <= {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_policy_file_parses_and_says_where_it_is_from(path: Path) -> None:
    policy = policy_named(path.stem)

    assert policy.name == path.stem
    assert all(len(source) > 20 for source in policy.sources)
    assert any("://" in source for source in policy.sources)
    assert policy.title_en != policy.title_zh
    assert set(policy.work) == set(TaskKind)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_policy_pages_at_every_deadline_and_is_sooner_in_town(path: Path) -> None:
    policy = policy_named(path.stem)
    town, country, remote = (policy.arrival_limit(area, None) for area in AreaClass)

    assert town <= country <= remote
    for name in type(policy.ladders).model_fields:
        assert any(rung.percent == 100 for rung in getattr(policy.ladders, name))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_pinned_policy_comes_back_the_same_from_its_text(path: Path) -> None:
    policy = policy_named(path.stem)

    assert Policy.model_validate_json(policy.canonical()) == policy
    assert Policy.model_validate_json(policy.canonical()).digest() == policy.digest()


def test_the_figures_are_those_of_the_sources() -> None:
    floor, ceiling = policy_named("regulatory_floor"), policy_named("state_grid_ceiling")

    assert [floor.arrival_limit(area, None) for area in AreaClass] == [
        minutes(60),
        minutes(120),
        minutes(240),
    ]
    assert [ceiling.arrival_limit(area, None) for area in AreaClass] == [
        minutes(45),
        minutes(90),
        minutes(120),
    ]


@pytest.mark.parametrize(
    ("old", "new", "stands", "said"),
    [
        ("tries = 3", "tries = 3\nfoo = 1", "foo = 1", "callbacks.foo: unknown key"),
        ("percent = 90", "percnt = 90", "percnt = 90", "ladders.arrival.2.percnt: unknown key"),
        ("urban = 60\n", "", "[arrival_min]", "arrival_min.urban: missing"),
        ("urban = 60", 'urban = "60"', 'urban = "60"', "valid integer"),
        ("urban = 60", "urban = 0", "urban = 0", "greater than 0"),
        ("[work.assess]", "[work.dig]", "[work.dig]", "work.dig: "),
        ("percent = 90", "percent = 60", "[[ladders.arrival]]", "rungs must rise"),
        ("tries = 3", "tries =", "tries =", "not readable as TOML"),
        ("window_to_hour = 21", "window_to_hour = 8", "[callbacks]", "must lie before"),
    ],
)
def test_a_fault_names_its_file_and_line(old: str, new: str, stands: str, said: str) -> None:
    line = line_of(FLOOR.replace(old, new, 1), stands)

    faults = fault_of(old, new).splitlines()

    found = [fault for fault in faults if fault.startswith(f"floor.toml:{line}: ")]
    assert any(said in fault for fault in found), faults


def test_a_table_that_is_missing_is_named() -> None:
    assert "floor.toml:1: callbacks: missing" in fault_of("[callbacks]", "[callback]")
    assert "work: no entry for assess" in fault_of(
        '[work.assess]\nskills = ["repair"]\nminutes = 20\n', ""
    )


def test_all_faults_are_told_at_once() -> None:
    faults = fault_of("[callbacks]\nfirst_after_min = 30", "[callbacks]\nfirst = 30\nsecond = 2")

    assert len(faults.splitlines()) == 3
