"""The words of the pages: both languages, none missing and none left over."""

import json
import re

import pytest

from relight.settings import CODE

LIKEWISE = {"language", "clock", "comma", "dispatch.pending"}
"""Told the same in both languages."""
CONSOLE = CODE / "console" / "src"
SOURCES = "\n".join(
    file.read_text(encoding="utf-8")
    for file in sorted(CONSOLE.rglob("*"))
    if file.suffix in {".ts", ".tsx"}
)
AREAS = {
    lang: {
        file.stem: json.loads(file.read_text(encoding="utf-8"))
        for file in sorted((CONSOLE / "words" / lang).glob("*.json"))
    }
    for lang in ("en", "zh")
}
WORDS = {
    lang: {key: said for area in areas.values() for key, said in area.items()}
    for lang, areas in AREAS.items()
}


@pytest.mark.parametrize("lang", AREAS)
def test_no_two_areas_say_the_same_key(lang: str) -> None:
    keys = [key for area in AREAS[lang].values() for key in area]

    assert len(keys) == len(set(keys))
    assert AREAS["en"].keys() == AREAS["zh"].keys()


def test_both_languages_say_the_same_things_with_the_same_holes() -> None:
    holes = {
        lang: {key: set(re.findall(r"{(\w+)}", said)) for key, said in words.items()}
        for lang, words in WORDS.items()
    }

    assert holes["en"] == holes["zh"]
    assert all(said.strip() for words in WORDS.values() for said in words.values())


def test_every_word_that_is_used_is_there_and_no_other() -> None:
    named = set(re.findall(r'"([a-z_]+(?:\.[a-z_]+)*)"', SOURCES))
    groups = set(re.findall(r"`([a-z_.]+)\.\$\{", SOURCES))
    groups |= set(re.findall(r'word\("([a-z_.]+)"', SOURCES))
    said = set(re.findall(r'say\("([a-z_.]+)"', SOURCES))
    keys = set(WORDS["en"])

    assert said - keys == set()
    spare = {key for key in keys - named if not any(key.startswith(f"{g}.") for g in groups)}
    assert spare == set()


def test_chinese_is_written_in_chinese() -> None:
    foreign = {key for key, said in WORDS["zh"].items() if not re.search(r"[\u4e00-\u9fff]", said)}

    assert foreign == LIKEWISE
