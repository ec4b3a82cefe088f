"""How many customers a set of reports says are off, as far as the network can tell."""

from collections.abc import Iterable

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


def customers_of_both(one: int, other: int, line: int | None) -> int:
    """Return how many customers two orders that are one have off.

    `line` is what hangs on the line they share; sharing none, they are off beside each other.
    """
    return one + other if line is None else max(one, other, line)


def customers_of_all(told: Iterable[tuple[Supplied, Scope]]) -> int:
    """Return how many customers are off by several reports, in the order in which they came."""
    customers, known, first = 1, set[str](), True
    for line, scope in told:
        joined = customers_of(line, scope)
        if not first:
            joined = customers_with(line, scope, frozenset(known))
        customers, first = max(customers, joined), False
        if line.transformer is not None:
            known.add(line.transformer)
    return customers
