"""Names inside the sentences of a story, said in the reader's language.

Names that refusals carry are worded by the catalogue itself; these occur in stories only.
"""

from typing import Any

from domain.words import catalogue

# Which section of the catalogue names the values of a parameter.
_SECTIONS = {
    "channel": ("channel",),
    "scope": ("scope",),
    "area_class": ("area_class",),
    "task_kind": ("task_kind",),
    "device_kind": ("device",),
    "to": ("told",),
    "ladder": ("ladder",),
    "shows": ("photo_shows",),
    "because": ("because",),
    "told": ("because",),
    "how": ("because",),
    "resolution": ("because",),
    "stop_cause": ("plan.stop",),
}


def worded(params: dict[str, Any], lang: str) -> dict[str, Any]:
    """Return parameters with their codes replaced by words; what has no word stays."""
    words = catalogue(lang)
    return {name: _worded(words, _SECTIONS.get(name, ()), value) for name, value in params.items()}


def _worded(words: dict[str, str], sections: tuple[str, ...], value: Any) -> Any:
    if isinstance(value, bool):
        return words["answer.yes" if value else "answer.no"]
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_worded(words, sections, item) for item in value]
    keys = (f"{section}.{value}" for section in sections)
    return next((words[key] for key in keys if key in words), value)
