"""What changes between two policies is told key by key, rung by rung, in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kinds import LadderRole
from domain.ladders import Rung
from domain.policy import Policy
from domain.policy_changes import changes, name_of, value_of
from domain.words import LANGUAGES
from tests.domain.builders import POLICIES, policy_named

NAMES = sorted(path.stem for path in POLICIES.glob("*.toml"))
FLOOR = policy_named("regulatory_floor")


def with_arrival(*rungs: Rung) -> Policy:
    ladders = FLOOR.ladders.model_copy(update={"arrival": rungs})
    return FLOOR.model_copy(update={"ladders": ladders})


@pytest.mark.parametrize("name", NAMES)
def test_a_policy_does_not_differ_from_itself(name: str) -> None:
    assert changes(policy_named(name), policy_named(name)) == ()


def test_numbers_are_told_with_what_they_were_and_become() -> None:
    found = {each.key: (each.old, each.new) for each in changes(
        policy_named("state_grid_ceiling"), policy_named("southern_grid")
    )}  # fmt: skip

    assert found["arrival_min.rural"] == (90, 120)
    assert found["mean.restoration_min.rural"] == (None, 300)
    assert found["counted"] == ("ceiling", "mean")
    assert not [key for key in found if key.startswith(("ladders", "deadlines", "planning"))]


def test_ladders_are_told_rung_by_rung() -> None:
    rungs = FLOOR.ladders.arrival
    sooner = Rung(percent=95, to=LadderRole.DEPUTY_GENERAL_MANAGER)
    silent = rungs[3].model_copy(update={"call_customer": False})

    found = changes(FLOOR, with_arrival(*rungs[1:3], sooner, silent, rungs[4]))

    assert [(each.key, each.old, each.new) for each in found] == [
        ("ladders.arrival.50", {"to": "dispatcher"}, None),
        ("ladders.arrival.95", None, {"to": "deputy_general_manager"}),
        (
            "ladders.arrival.100",
            {"to": "duty_manager", "call_customer": True},
            {"to": "duty_manager"},
        ),
    ]


def test_a_change_reads_as_a_sentence_in_both_languages() -> None:
    (change,) = changes(FLOOR, with_arrival(*FLOOR.ladders.arrival[1:]))

    told = [
        (name_of(change.key, lang), value_of(change.key, change.old, lang)) for lang in LANGUAGES
    ]

    assert told == [
        ("a crew is on site, at 50 %", "dispatcher"),
        ("到达现场时限，50 %", "抢修指挥员"),
    ]
    assert value_of(change.key, change.new, "en") == "–"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_key_there_is_has_words(lang: str) -> None:
    arrival = FLOOR.arrival_min.model_copy(update={"key_customer": 30})
    means = policy_named("southern_grid").mean
    whole = FLOOR.model_copy(update={"arrival_min": arrival, "mean": means})

    for each in changes(None, whole):
        assert name_of(each.key, lang)
        assert value_of(each.key, each.new, lang)


@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_the_way_back_is_the_way_there_turned_round(one: str, other: str) -> None:
    there = changes(policy_named(one), policy_named(other))
    back = changes(policy_named(other), policy_named(one))

    assert {(each.key, str(each.old), str(each.new)) for each in there} == {
        (each.key, str(each.new), str(each.old)) for each in back
    }
