"""How many customers a set of reports says are off, as far as the network can tell."""

from domain.kinds import Scope
from store.places import Place


def customers_of(place: Place, scope: Scope) -> int:
    """Return how many customers one report alone speaks for."""
    if scope in (Scope.HOME, Scope.FLOOR):
        return 1
    return place.transformer_customers if scope is Scope.BUILDING else place.section_customers


def customers_with(place: Place, scope: Scope, known: frozenset[str]) -> int:
    """Return how many customers are off when a report joins others.

    A second report under one transformer points at the transformer; reports under several
    transformers point at the section above them.
    """
    if place.transformer_id is None:
        return customers_of(place, scope)
    shared = place.transformer_customers
    if known - {place.transformer_id}:
        shared = place.section_customers
    return max(shared, customers_of(place, scope))
