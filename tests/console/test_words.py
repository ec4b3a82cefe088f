"""The words of the pages: both languages, none missing and none left over."""

import json
import re

from relight.settings import CODE

CONSOLE = CODE / "console" / "src"
SOURCES = "\n".join(
    file.read_text(encoding="utf-8")
    for file in sorted(CONSOLE.rglob("*"))
    if file.suffix in {".ts", ".tsx"}
)
WORDS = {
    lang: json.loads((CONSOLE / "words" / f"{lang}.json").read_text(encoding="utf-8"))
    for lang in ("en", "zh")
}


def test_both_languages_say_the_same_things_with_the_same_holes() -> None:
    holes = {
        lang: {key: set(re.findall(r"{(\w+)}", said)) for key, said in words.items()}
        for lang, words in WORDS.items()
    }

    assert holes["en"] == holes["zh"]
    assert all(said.strip() for words in WORDS.values() for said in words.values())


def test_every_word_that_is_used_is_there_and_no_other() -> None:
    named = set(re.findall(r'"([a-z_]+(?:\.[a-z_]+)*)"', SOURCES))
    groups = set(re.findall(r"`([a-z_]+)\.\$\{", SOURCES))
    groups |= set(re.findall(r'word\("([a-z_]+)"', SOURCES))
    said = set(re.findall(r'say\("([a-z_.]+)"', SOURCES))
    keys = set(WORDS["en"])

    assert said - keys == set()
    assert {key for key in keys - named if key.partition(".")[0] not in groups} == set()


def test_chinese_is_written_in_chinese() -> None:
    foreign = {key for key, said in WORDS["zh"].items() if not re.search(r"[\u4e00-\u9fff]", said)}

    assert foreign == {"language", "clock"}
