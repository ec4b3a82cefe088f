"""Who speaks: what a person or machine holds, and the one grant in force for a request."""

from typing import Any

from pydantic import Field, model_validator

from api.problems import Problem
from domain.actor import Actor
from domain.kinds import Role
from domain.value import Value

EVERYWHERE = "*"
PERSONS = frozenset(Role) - {Role.BOARD, Role.SYSTEM}
DESK = PERSONS - {Role.CUSTOMER, Role.CREW}
SEES_PERSONS = DESK - {Role.AUDITOR}
"""Roles that may read names, phones and notes of reporters."""
SUBJECT = r"^[^\x00-\x1f]+$"
LONGEST_SUBJECT = 54


class Grant(Value):
    """A role in some districts; with the crew, where the role is crew."""

    role: Role
    districts: tuple[str, ...] = ()
    crew: str | None = Field(default=None, max_length=64)

    @model_validator(mode="after")
    def _may_be_held(self) -> "Grant":
        if self.role not in PERSONS:
            raise ValueError("boards and the system are not granted to anybody")
        if (self.role is Role.CREW) != (self.crew is not None):
            raise ValueError("a crew, and only a crew, is named in its grant")
        return self

    @classmethod
    def parse(cls, text: str) -> "Grant":
        """Read `role@district,district` or `crew@district:crew`; `*` is every district."""
        role, at, rest = text.strip().partition("@")
        where, colon, crew = rest.partition(":")
        districts = tuple(name.strip() for name in where.split(",") if name.strip())
        if not at or not districts:
            raise ValueError("a grant reads role@district, such as dispatcher@jp or admin@*")
        return cls.model_validate(
            {"role": role, "districts": districts, "crew": crew if colon else None}
        )

    def __str__(self) -> str:
        """Write the grant as `parse` reads it."""
        crew = f":{self.crew}" if self.crew else ""
        return f"{self.role.value}@{','.join(self.districts)}{crew}"


def merged(grants: tuple[Grant, ...]) -> tuple[Grant, ...]:
    """Return grants in their order, those of one role and crew put together."""
    held: dict[tuple[Role, str | None], dict[str, None]] = {}
    for grant in grants:
        held.setdefault((grant.role, grant.crew), {}).update(dict.fromkeys(grant.districts))
    return tuple(
        Grant(role=role, districts=tuple(districts), crew=crew)
        for (role, crew), districts in held.items()
    )


class Person(Value):
    """Whoever signed in, person or machine, with everything they hold.

    `scopes` limit what a machine may ask for; None is no limit but its roles.
    """

    subject: str = Field(min_length=1, max_length=LONGEST_SUBJECT, pattern=SUBJECT)
    name: str = Field(default="", max_length=120)
    grants: tuple[Grant, ...] = ()
    scopes: tuple[str, ...] | None = None
    may_act_as: bool = False


class Caller(Value):
    """Who speaks in one request: one grant in force, and all that are held beside it.

    Where a machine speaks for somebody, `subject` is that person and `asked_by` the machine.
    """

    subject: str = Field(min_length=1, max_length=LONGEST_SUBJECT, pattern=SUBJECT)
    name: str = Field(default="", max_length=120)
    role: Role
    districts: tuple[str, ...] = ()
    crew: str | None = Field(default=None, max_length=64)
    grants: tuple[Grant, ...] = ()
    scopes: tuple[str, ...] | None = None
    asked_by: str | None = None

    @classmethod
    def of(cls, person: Person, grant: Grant, **more: Any) -> "Caller":
        """Return a person under one of their grants."""
        held: dict[str, Any] = {
            "subject": person.subject,
            "name": person.name,
            "role": grant.role,
            "districts": grant.districts,
            "crew": grant.crew,
            "grants": person.grants,
            "scopes": person.scopes,
        }
        return cls(**(held | more))

    @property
    def actor(self) -> Actor:
        """Return the caller as the doer of an action."""
        return Actor(subject=self.subject, role=self.role, crew=self.crew)

    @property
    def hands(self) -> tuple[str, ...]:
        """Return everybody whose hand this request is: the doer, and the machine behind."""
        return (self.subject,) if self.asked_by is None else (self.subject, self.asked_by)

    @property
    def scope(self) -> list[str] | None:
        """Return the districts whose rows may be seen; None is all of them."""
        return None if EVERYWHERE in self.districts else sorted(self.districts)

    def serves(self, district: str) -> bool:
        """Tell whether a district's rows may be seen."""
        return EVERYWHERE in self.districts or district in self.districts

    def need(self, district: str) -> None:
        """Refuse a district that is not the caller's."""
        if not self.serves(district):
            raise Problem("other_district", district=district)
