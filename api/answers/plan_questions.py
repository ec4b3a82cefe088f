"""Answers to questions about a plan; each says by which plan and as of when."""

from api.answers.base import Answer, Moment
from routing.choice import Priced
from routing.explain import Fit
from routing.why import Why


class WhyShown(Answer):
    """Why a task goes to its crew or to none; `said` is the same in sentences."""

    plan: str
    as_of: Moment
    why: Why
    said: list[str]


class FitShown(Answer):
    """Every crew with its best place for a task, cheapest first, those that cannot last."""

    plan: str
    as_of: Moment
    task: str
    crews: list[Fit]


class ChoicePriced(Answer):
    """What a human's choice costs against the plan; `said` are the promises it touches."""

    plan: str
    as_of: Moment
    choice: Priced
    said: list[str]
