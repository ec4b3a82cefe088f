"""What a repair workflow asks of the hands when its order is merged or split."""

from pydantic import AwareDatetime

from domain.outage import Task
from domain.report import Hazards, ReportTally
from domain.value import Value


class MergeAsk(Value):
    """Ask that an order's reports go to another; `id` names this very merge."""

    id: str
    outage: str
    into: str
    now: AwareDatetime
    cleared: Hazards = frozenset()
    cleared_watermark: int = 0


class AbsorbAsk(Value):
    """Ask the other order to take over what was handed to it, and the crews on their way."""

    id: str
    outage: str
    into: str
    restorations: int
    tasks: tuple[Task, ...] = ()
    first_arrived_at: AwareDatetime | None = None


class MergeAnswer(Value):
    """Whether it could be done; `refused` is the code of the refusal."""

    refused: str | None = None


class SplitAsk(Value):
    """Ask that some reports go on under an order of their own."""

    id: str
    outage: str
    reports: tuple[str, ...]
    transformers: tuple[str, ...]
    now: AwareDatetime


class SplitAnswer(Value):
    """The new order and what the old one is left with; or why not."""

    outage: str | None = None
    moved: int = 0
    left: ReportTally | None = None
    refused: str | None = None
