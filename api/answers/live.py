"""Events of the live feed: the `data` of each, told apart by `event` and `kind`."""

from typing import Literal

from typing_extensions import TypeAliasType

from api.answers.base import Answer, Moment
from api.answers.boards import BoardShown
from api.answers.closures import ClosureShown
from api.answers.crews import CrewShown
from api.answers.desk import CallbackShown, PageShown
from api.answers.outages import OutageBrief
from api.answers.reports import ReportShown
from api.live.rows import Kind


class Hello(Answer):
    """The feed begins here: read the lists now, then apply what follows."""

    event: Literal["hello"]
    at: Moment
    kinds: list[Kind]
    heartbeat_s: float


class RowTold(Answer):
    """A row as its list shows it; `seq` where the row has one."""

    event: Literal["row"]
    id: str
    seq: int | None


class OutageTold(RowTold):
    """An outage that is new or was changed."""

    kind: Literal["outage"]
    row: OutageBrief


class ReportTold(RowTold):
    """A report that is new or was changed; its outage is told as an outage."""

    kind: Literal["report"]
    row: ReportShown


class CrewTold(RowTold):
    """A crew that moved, works, is lent or was changed."""

    kind: Literal["crew"]
    row: CrewShown


class CallbackTold(RowTold):
    """A callback that is new or was changed."""

    kind: Literal["callback"]
    row: CallbackShown


class PageTold(RowTold):
    """A page that is new or was taken over."""

    kind: Literal["page"]
    row: PageShown


class BoardTold(RowTold):
    """A board with its latest orders and plan; its id is the district."""

    kind: Literal["board"]
    row: BoardShown


class ClosureTold(RowTold):
    """A closure that is new; one that is lifted is `gone`."""

    kind: Literal["closure"]
    row: ClosureShown


class Gone(Answer):
    """Out of sight: left the box or the district, or is no more."""

    event: Literal["gone"]
    kind: Kind
    id: str


class Resync(Answer):
    """Forget what you hold and begin here, as at `hello`."""

    event: Literal["resync"]
    reason: Literal["unknown", "too_old", "too_many", "slow"]


class Heartbeat(Answer):
    """Everything up to here has been told; `behind_s` is how long the oldest change waits."""

    event: Literal["heartbeat"]
    at: Moment
    behind_s: float


class SignInAgain(Answer):
    """The feed ends: the sign-in does not hold any more."""

    event: Literal["sign_in_again"]
    code: str


_Row = OutageTold | ReportTold | CrewTold | CallbackTold | PageTold | BoardTold | ClosureTold
LiveEvent = TypeAliasType("LiveEvent", Hello | _Row | Gone | Resync | Heartbeat | SignInAgain)
"""The `data` of any event."""
