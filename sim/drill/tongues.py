"""Sentences of a page in all languages at once; its reader chooses which are seen."""

from html import escape
from typing import Any

from domain.words import LANGUAGES, say


def both(key: str, tag: str = "span", **params: Any) -> str:
    """Return a sentence in every language, as elements of a page."""
    return spoken({lang: escape(say(key, lang, **params)) for lang in LANGUAGES}, tag)


def both_in_chart(key: str) -> str:
    """Return a sentence in every language, as parts of a chart's text."""
    return both(key, "tspan")


def spoken(said: dict[str, str], tag: str = "span") -> str:
    """Return what is said in each language as elements; it is part of a page already."""
    return "".join(f'<{tag} lang="{lang}">{text}</{tag}>' for lang, text in said.items())


def title_of(chart: str) -> str:
    """Return a chart's name for readers who cannot see it, in every language."""
    return " / ".join(say(f"drill.report.{chart}", lang) for lang in LANGUAGES)
