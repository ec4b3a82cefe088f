"""Whether a crew may be sent: its hours, skills, licences and people, in that order."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.crew import Crew, Licence, Member, Part, Shift, Unfit, unfit
from domain.words import LANGUAGES, say
from tests.domain.builders import START, minutes

EIGHT_HOURS = timedelta(hours=8)
SHIFT = Shift(starts_at=START, ends_at=START + EIGHT_HOURS, max_duty_s=7 * 3600)


def a_crew(**changes: object) -> Crew:
    given_ = {
        "id": "crew-1",
        "district": "yu",
        "skills": {"repair", "switching"},
        "licences": (Licence(name="high_voltage", expires_at=START + minutes(120)),),
        "members": (
            Member(subject="lin", part=Part.LEADER),
            Member(subject="zhao", part=Part.SAFETY_OFFICER),
            Member(subject="he"),
        ),
        "duty": SHIFT,
    }
    return Crew.model_validate(given_ | changes)


def why(crew: Crew, begins: float = 0, ends: float = 60, **needs: object) -> Unfit | None:
    wanted = {"skills": ["repair"], "licences": ["high_voltage"], "needs_safety_officer": True}
    start, finish = START + minutes(begins), START + minutes(ends)
    return unfit(crew, start=start, finish=finish, **(wanted | needs))


def test_a_crew_that_has_all_and_is_on_duty_fits() -> None:
    assert why(a_crew()) is None


@pytest.mark.parametrize(
    ("begins", "ends", "code"),
    [
        (-1, 30, Unfit.SHIFT_START),
        (0, 7 * 60, None),
        (0, 7 * 60 + 1, Unfit.DUTY_HOURS),
        (7 * 60, 8 * 60 + 1, Unfit.SHIFT_END),
        (8 * 60, 9 * 60, Unfit.NO_SHIFT),
    ],
)
def test_work_stays_within_the_shift_and_the_duty_hours(
    begins: float, ends: float, code: Unfit | None
) -> None:
    assert why(a_crew(), begins, ends, licences=[]) == code


def test_a_crew_without_a_shift_is_not_sent() -> None:
    assert why(a_crew(duty=None)) is Unfit.NO_SHIFT


def test_a_skill_that_is_missing_keeps_the_crew_away() -> None:
    assert why(a_crew(), skills=["repair", "cable"]) is Unfit.SKILL


def test_a_licence_must_be_held_and_good_until_the_work_is_done() -> None:
    crew = a_crew()

    assert why(crew, licences=["live_line"]) is Unfit.LICENCE
    assert why(crew, 0, 120) is None
    assert why(crew, 0, 121) is Unfit.LICENCE_EXPIRED


def test_of_two_licences_of_one_name_the_longer_counts() -> None:
    short = Licence(name="high_voltage", expires_at=START)

    assert why(a_crew(licences=(short, Licence(name="high_voltage")))) is None


def test_a_crew_needs_a_leader_and_dangerous_work_a_safety_officer() -> None:
    leader = Member(subject="lin", part=Part.LEADER)

    assert why(a_crew(members=())) is Unfit.LEADER
    assert why(a_crew(members=(leader,))) is Unfit.SAFETY_OFFICER
    assert why(a_crew(members=(leader,)), needs_safety_officer=False) is None


def test_the_first_rule_that_fails_is_named() -> None:
    assert why(a_crew(members=(), skills=set(), licences=())) is Unfit.SKILL
    assert why(a_crew(members=(), skills=set(), duty=None)) is Unfit.NO_SHIFT


def test_work_that_ends_before_it_starts_is_a_defect() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        why(a_crew(), 10, 5)


def test_a_shift_has_a_length() -> None:
    with pytest.raises(ValidationError, match="a shift ends after it starts"):
        Shift(starts_at=START, ends_at=START, max_duty_s=60)


@given(begins=st.integers(-600, 1200), length=st.integers(0, 900))
def test_a_crew_that_fits_is_on_duty_and_licensed_from_start_to_finish(
    begins: int, length: int
) -> None:
    fits = why(a_crew(), begins, begins + length) is None

    assert fits == (begins >= 0 and begins + length <= 120)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_has_a_sentence(lang: str) -> None:
    assert all(say(f"unfit.{code}", lang) for code in Unfit)
