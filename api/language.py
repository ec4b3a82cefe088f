"""Which of the two languages a caller reads, from Accept-Language."""

from starlette.requests import HTTPConnection

from domain.words import LANGUAGES, say


def language_of(request: HTTPConnection) -> str:
    """Return the language the caller likes best among those we speak."""
    return preferred(request.headers.get("accept-language", ""))


def preferred(header: str) -> str:
    """Return the best language of an Accept-Language header; English when none fits."""
    wishes: list[tuple[float, int, str]] = []
    for place, item in enumerate(header.split(",")[:20]):
        tag, _, rest = item.partition(";")
        primary = tag.strip().lower().partition("-")[0]
        if primary in LANGUAGES and (weight := _weight(rest)) > 0:
            wishes.append((-weight, place, primary))
    return min(wishes)[2] if wishes else "en"


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def both(key: str) -> dict[str, str]:
    """Return one sentence in every language, keyed by language."""
    return {lang: say(key, lang) for lang in LANGUAGES}
