"""Grants and scopes as commands take them: read, checked, and refused in sentences."""

from collections.abc import Sequence
from typing import Any

from domain.words import say
from relight.settings import SettingsRefused


def grants_of(texts: Sequence[str], language: str) -> list[dict[str, Any]]:
    """Return grants as they are kept; what nobody may hold is refused."""
    from api.sign_in import PERSONS, Grant
    from api.sign_in.caller import merged

    try:
        held = merged(tuple(Grant.parse(text) for text in texts))
    except ValueError as fault:
        roles = ", ".join(sorted(role.value for role in PERSONS))
        raise SettingsRefused(say("machine.no_grant", language, roles=roles)) from fault
    return [grant.model_dump(mode="json") for grant in held]


def scopes_of(words: Sequence[str], language: str) -> list[str]:
    """Return scopes in order; a word that no endpoint is asked under is refused."""
    from api.routes import ROUTES
    from api.sign_in.machine_keys import EVERY_SCOPE
    from api.sign_in.scopes import known_scopes

    known = known_scopes((method, route.path) for route in ROUTES for method in route.methods or ())
    if any(word not in {*known, EVERY_SCOPE} for word in words):
        raise SettingsRefused(say("machine.no_scope", language, possible=", ".join(known)))
    return sorted(set(words))
