"""How often whom: the rates of every kind of caller, in one place.

Nobody's report of danger is ever turned away, whatever stands here.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from api.limits import Rate
from domain.kinds import Role


class Kind(StrEnum):
    """What is known of a caller before the door: who passed it lately is remembered."""

    STRANGER = "stranger"
    CUSTOMER = "customer"
    STAFF = "staff"


@dataclass(frozen=True)
class Rates:
    """What each kind may ask for; None is as often as they like."""

    person: dict[Kind, Rate] = field(default_factory=dict)
    reports: dict[Kind, Rate] = field(default_factory=dict)
    address: Rate | None = None


NO_RATES = Rates()

RATES = Rates(
    # Everything one person or key asks: an app that is used, a console, a script that ran wild.
    person={Kind.CUSTOMER: Rate(120, 60), Kind.STAFF: Rate(6_000, 60)},
    # A home calls twice or three times. The phone desk takes as many calls as there are.
    reports={Kind.CUSTOMER: Rate(20, 600)},
    # What customers ask, and every sign-in that failed, from one public address.
    address=Rate(600, 60),
)


def kind_of(role: Role) -> Kind:
    """Return what a caller with a role counts as."""
    return Kind.CUSTOMER if role is Role.CUSTOMER else Kind.STAFF
