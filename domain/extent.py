"""How many customers a set of reports says are off, as far as the network can tell."""

from domain.kinds import Scope
from domain.value import Value


class Supplied(Value):
    """How many customers hang on the line a report points at; of no line, one."""

    transformer: str | None = None
    transformer_customers: int = 1
    section_customers: int = 1


def customers_of(line: Supplied, scope: Scope) -> int:
    """Return how many customers one report alone speaks for."""
    if scope in (Scope.HOME, Scope.FLOOR):
        return 1
    return line.transformer_customers if scope is Scope.BUILDING else line.section_customers


def customers_with(line: Supplied, scope: Scope, known: frozenset[str]) -> int:
    """Return how many customers are off when a report joins others under `known` transformers.

    A second report under one transformer points at the transformer; reports under several
    transformers point at the section above them.
    """
    if line.transformer is None:
        return customers_of(line, scope)
    shared = line.transformer_customers
    if known - {line.transformer}:
        shared = line.section_customers
    return max(shared, customers_of(line, scope))
