"""Policy files are read strictly: each fault names its file and line."""

import json
from pathlib import Path

import pytest

from domain.kinds import AreaClass, KeyClass, Ladder, TaskKind
from domain.policy import Policy, PolicyError, parse_policy
from domain.promises import Counting
from tests.domain.builders import POLICIES, minutes, policy_named

FILES = sorted(POLICIES.glob("*.toml"))
FLOOR = (POLICIES / "regulatory_floor.toml").read_text(encoding="utf-8")


def line_of(text: str, wanted: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith(wanted))


def fault_of(old: str, new: str) -> str:
    assert FLOOR.count(old) >= 1
    with pytest.raises(PolicyError) as fault:
        parse_policy(FLOOR.replace(old, new, 1), "floor.toml")
    return str(fault.value)


def test_there_are_the_profiles_of_the_field_rules() -> None:
    assert {path.stem for path in FILES} == {
        "karamay",
        "regulatory_floor",
        "southern_grid",
        "state_grid_average",
        "state_grid_ceiling",
    }


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
    ("name", "restored"), [("state_grid_average", [180, 240]), ("southern_grid", [240, 300])]
)
def test_a_promised_mean_has_the_law_as_the_ceiling_of_each_case(
    name: str, restored: list[int]
) -> None:
    policy = policy_named(name)

    assert policy.counted is Counting.MEAN
    assert policy.mean is not None
    assert list(policy.mean.arrival_min.model_dump().values()) == [45, 90, 120]
    assert policy.mean.restoration_min is not None
    assert list(policy.mean.restoration_min.model_dump().values()) == [*restored, None]
    assert policy.arrival_min == policy_named("regulatory_floor").arrival_min


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_policy_brings_key_customers_a_crew_within_thirty_minutes(path: Path) -> None:
    policy = policy_named(path.stem)

    assert {policy.arrival_limit(area, key) for area in AreaClass for key in KeyClass} == {
        minutes(30)
    }


def test_life_safety_weighs_most_and_the_heaviest_of_the_rest_counts() -> None:
    floor = policy_named("regulatory_floor")

    def weight(*, danger: bool, life: bool, key: KeyClass | None) -> int:
        return floor.weight(danger=danger, life_support=life, key_class=key)

    assert weight(danger=True, life=True, key=KeyClass.ONE) == floor.planning.weight_danger
    assert weight(danger=False, life=True, key=KeyClass.TWO) == floor.planning.weight_life_support
    assert weight(danger=False, life=False, key=KeyClass.TWO) == 2
    assert weight(danger=False, life=False, key=None) == floor.planning.weight_normal


def test_what_a_policy_of_before_leaves_out_means_as_before() -> None:
    old = json.loads(policy_named("regulatory_floor").canonical())
    for key in ("mean", "key_customers"):
        del old[key]
    for key in ("completion_s", "permanent_s"):
        del old["deadlines"][key]
    del old["ladders"]["completion"], old["planning"]["dispatch_ahead_min"]
    old |= {"counted": "ceiling per case, from report received"}
    old["arrival_min"]["key_customer"] = 20

    policy = Policy.model_validate_json(json.dumps(old))

    assert policy.counted is Counting.CEILING
    assert policy.arrival_limit(AreaClass.REMOTE, KeyClass.TEMPORARY) == minutes(20)
    assert policy.rungs(Ladder.ARRIVAL, KeyClass.ONE) == policy.ladders.arrival
    assert policy.weight(danger=False, life_support=False, key_class=KeyClass.TWO) == 3
    assert policy.deadlines.completion_s == 3600


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
        ('counted = "ceiling"', 'counted = "mean"', 'counted = "mean"', "belong together"),
        ('counted = "ceiling"', 'counted = "often"', 'counted = "often"', "'ceiling' or 'mean'"),
        ("percent = 12", "percent = 50", "first = { percent = 50", "must lie below 50"),
        (
            "percent = 12",
            "percent = 10",
            'first = { percent = 10, to = "deputy',
            "at a percent of its own",
        ),
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
