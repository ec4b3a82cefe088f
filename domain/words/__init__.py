"""Every sentence a user reads, by key and language; both catalogues hold the same keys."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "zh")


@cache
def catalogue(lang: str) -> dict[str, str]:
    """Return all sentences of a language, keyed `section.name`."""
    text = (files(__name__) / f"{lang}.toml").read_text(encoding="utf-8")
    return dict(_flatten(tomllib.loads(text), ""))


def _flatten(tables: dict[str, Any], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in tables.items():
        if isinstance(value, dict):
            found.extend(_flatten(value, f"{prefix}{key}."))
        else:
            found.append((f"{prefix}{key}", value))
    return found


def say(key: str, lang: str = "en", **params: Any) -> str:
    """Return the sentence for a key with its parameters filled in.

    Raises KeyError for an unknown key: a missing sentence is a defect, not a blank.
    """
    words = catalogue(lang if lang in LANGUAGES else "en")
    return words[key].format_map(_Shown(words, params))


_SECTIONS = {
    "action": ("move",),
    "allowed": ("move",),
    "hazards": ("hazard",),
    "road_engine": ("roads.engine",),
    "road_why": ("roads.why",),
    "role": ("role",),
    "status": ("stage", "task_state"),
}
"""Parameters that carry names of the trade, and the sections where these have words."""


class _Shown(dict[str, Any]):
    """Parameters as shown to people: names as words, lists joined, what was not given marked."""

    def __init__(self, words: dict[str, str], params: dict[str, Any]) -> None:
        super().__init__(params)
        self._words = words

    def __getitem__(self, key: str) -> Any:
        value = self.get(key)
        if isinstance(value, (list, tuple, frozenset, set)):
            shown = [str(self._word(key, item)) for item in sorted(value)]
            return ", ".join(shown) or "–"
        return "–" if value is None else self._word(key, value)

    def _word(self, key: str, value: Any) -> Any:
        """Return the word for a name of the trade, and anything else as it is."""
        found = (self._words.get(f"{section}.{value}") for section in _SECTIONS.get(key, ()))
        return next((word for word in found if word is not None), value)
