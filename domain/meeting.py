"""A crew on site asks for another one to work beside it."""

from typing import Literal

from domain.value import Value


class CallCrew(Value):
    """Say on site that the work needs one more crew beside this one."""

    kind: Literal["call_crew"] = "call_crew"
    task: str
