"""How many customers are off, told from what callers say and what hangs on the line."""

import pytest

from domain.extent import Supplied, customers_of, customers_with
from domain.kinds import Scope

LINE = Supplied(transformer="t1", transformer_customers=40, section_customers=300)


@pytest.mark.parametrize(
    ("scope", "customers"),
    [(Scope.HOME, 1), (Scope.FLOOR, 1), (Scope.BUILDING, 40), (Scope.AREA, 300)],
)
def test_one_report_speaks_for_as_many_as_it_says(scope: Scope, customers: int) -> None:
    assert customers_of(LINE, scope) == customers
    assert customers_of(Supplied(), scope) == 1


@pytest.mark.parametrize(
    ("known", "scope", "customers"),
    [
        ({"t1"}, Scope.HOME, 40),
        ({"t1"}, Scope.AREA, 300),
        ({"t2"}, Scope.HOME, 300),
        (set(), Scope.HOME, 40),
    ],
)
def test_a_second_report_points_at_what_both_hang_on(
    known: set[str], scope: Scope, customers: int
) -> None:
    assert customers_with(LINE, scope, frozenset(known)) == customers
    assert customers_with(Supplied(), scope, frozenset(known)) == 1
