"""Every sentence exists in both languages, with the same parameters, and is used."""

import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from domain import events as e
from domain.crew import Unfit
from domain.kinds import Hazard, KeyClass, Ladder, LadderRole, Role
from domain.moves import MOVES
from domain.outage import Stage, TaskState
from domain.words import LANGUAGES, catalogue, say

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "activities", "api", "domain", "relight", "roads", "routing", "sim", "store", "territory",
    "workflows",
)  # fmt: skip
SOURCE = "\n".join(
    path.read_text(encoding="utf-8")
    for room in ROOMS
    for path in sorted((ROOT / room).rglob("*.py"))
)
EVENTS = {member.model_fields["kind"].default for member in get_args(get_args(e.Happening)[0])}
NAMES = {
    "stage": set(Stage),
    "task_state": {*TaskState, "customer_contacted"},
    "move": set(MOVES),
    "role": set(Role),
    "told": set(LadderRole),
    "ladder": set(Ladder),
    "hazard": set(Hazard),
    "event": EVENTS,
    "unfit": set(Unfit),
    "key_class": set(KeyClass),
}
"""Sections that give words to the names of a closed list."""


def parameters(sentence: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(sentence) if name}


def codes_refused() -> set[str]:
    return set(re.findall(r"\b(?:Refused|Problem)\(\s*\"([a-z0-9_]+)\"", SOURCE))


def section(name: str) -> set[str]:
    return {key.partition(".")[2] for key in catalogue("en") if key.partition(".")[0] == name}


def test_both_catalogues_hold_the_same_keys() -> None:
    assert set(catalogue("en")) ^ set(catalogue("zh")) == set()


def test_a_sentence_takes_the_same_parameters_in_both_languages() -> None:
    english, chinese = catalogue("en"), catalogue("zh")

    assert {
        key: (parameters(english[key]), parameters(chinese[key]))
        for key in english.keys() & chinese.keys()
        if parameters(english[key]) != parameters(chinese[key])
    } == {}


def test_every_code_that_refuses_has_a_sentence() -> None:
    told = section("refused") | section("problem") | section("plan")

    assert codes_refused() - told == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_a_closed_list_has_a_word_and_no_word_is_left_over(name: str) -> None:
    assert section(name) == {str(item) for item in NAMES[name]}


def test_no_sentence_is_unused() -> None:
    built = tuple(set(re.findall(r"f\"([a-z_]+\.[a-z_.]*)\{", SOURCE)))
    unused = [
        key
        for key in catalogue("en")
        if key.partition(".")[0] not in NAMES
        and not key.startswith(built)
        and f'"{key}"' not in SOURCE
        and f"'{key}'" not in SOURCE
        and f'"{key.rpartition(".")[2]}"' not in SOURCE
    ]

    assert unused == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_is_empty_or_untranslated(lang: str) -> None:
    words = catalogue(lang)
    other = catalogue("zh" if lang == "en" else "en")

    assert [key for key, sentence in words.items() if not sentence.strip()] == []
    said = {key: re.sub(r"\{\w*\}", "", sentence) for key, sentence in words.items()}
    assert [key for key, text in said.items() if text and words[key] == other.get(key)] == []


def test_names_of_the_trade_are_said_in_words() -> None:
    said = say("refused.danger_still_open", "zh", hazards=["wire_down", "fire"])

    assert said == "请先做好安全隔离：起火, 导线落地。"


def test_a_parameter_that_was_not_given_is_marked() -> None:
    assert "–" in say("refused.crew_not_on_task", task="t1")


def test_a_missing_sentence_is_a_defect() -> None:
    with pytest.raises(KeyError):
        say("refused.no_such_code")


def test_an_unknown_language_is_english() -> None:
    assert say("stage.closed", "fr") == "closed"
