"""A crew: what it can and may do, who is in it, when it is on duty, and why it cannot be sent."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime, Field, model_validator

from domain.value import Value


class Part(StrEnum):
    """The part a person takes in a crew (班长 / 安全员 / 成员)."""

    LEADER = "leader"
    SAFETY_OFFICER = "safety_officer"
    MEMBER = "member"


class Licence(Value):
    """A permit a crew holds, good up to and including `expires_at`; without one, for ever."""

    name: str = Field(min_length=1)
    expires_at: AwareDatetime | None = None


class Member(Value):
    """A person of a crew, by the id they sign in with."""

    subject: str = Field(min_length=1)
    part: Part = Part.MEMBER


class Shift(Value):
    """When a crew is on duty; no more than `max_duty_s` seconds of it from its start."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    max_duty_s: int = Field(gt=0)

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise ValueError("a shift ends after it starts")
        return self


class Crew(Value):
    """A crew of a district; `duty` is its shift now or next, None when it has none."""

    id: str
    district: str
    skills: frozenset[str] = frozenset()
    licences: tuple[Licence, ...] = ()
    members: tuple[Member, ...] = ()
    duty: Shift | None = None

    def has(self, part: Part) -> bool:
        """Tell whether somebody takes this part."""
        return any(member.part is part for member in self.members)


class Unfit(StrEnum):
    """Why a crew cannot be sent; each has a sentence under [unfit] in the catalogues."""

    NO_SHIFT = "no_shift"
    SHIFT_START = "shift_start"
    SHIFT_END = "shift_end"
    DUTY_HOURS = "duty_hours"
    SKILL = "skill"
    LICENCE = "licence"
    LICENCE_EXPIRED = "licence_expired"
    LEADER = "leader"
    SAFETY_OFFICER = "safety_officer"


def unfit(
    crew: Crew,
    skills: Iterable[str],
    licences: Iterable[str],
    start: datetime,
    finish: datetime,
    *,
    needs_safety_officer: bool = False,
) -> Unfit | None:
    """Return the first rule a crew fails for work from `start` to `finish`, None when it fits.

    Licences must be good until the work is finished. Raises ValueError for work that ends before
    it starts.
    """
    if finish < start:
        raise ValueError("work cannot finish before it starts")
    if off_duty := _off_duty(crew.duty, start, finish):
        return off_duty
    if not crew.skills.issuperset(skills):
        return Unfit.SKILL
    if unlicensed := _unlicensed(crew, licences, finish):
        return unlicensed
    if not crew.has(Part.LEADER):
        return Unfit.LEADER
    if needs_safety_officer and not crew.has(Part.SAFETY_OFFICER):
        return Unfit.SAFETY_OFFICER
    return None


def _off_duty(duty: Shift | None, start: datetime, finish: datetime) -> Unfit | None:
    if duty is None or start >= duty.ends_at:
        return Unfit.NO_SHIFT
    if start < duty.starts_at:
        return Unfit.SHIFT_START
    if finish > duty.ends_at:
        return Unfit.SHIFT_END
    if finish > duty.starts_at + timedelta(seconds=duty.max_duty_s):
        return Unfit.DUTY_HOURS
    return None


def _unlicensed(crew: Crew, licences: Iterable[str], finish: datetime) -> Unfit | None:
    """Of two licences of one name the longer counts."""
    for name in licences:
        held = [licence for licence in crew.licences if licence.name == name]
        if not held:
            return Unfit.LICENCE
        if all(item.expires_at is not None and item.expires_at < finish for item in held):
            return Unfit.LICENCE_EXPIRED
    return None
