"""What happens to an outage on the way to its close: verified, called back, still off, sealed."""

from typing import Literal

from domain.report import Meters
from domain.value import Value


class Verified(Value):
    """Verification ended: by callback, by meter, or because its time was up."""

    kind: Literal["verified"] = "verified"
    how: str


class CallbacksOpened(Value):
    """Every reporter without an outcome has been put on the callback list."""

    kind: Literal["callbacks_opened"] = "callbacks_opened"
    restoration_no: int


class CallbacksFinished(Value):
    """Every report of this restoration has an outcome; of meters, so many confirmed or silent."""

    kind: Literal["callbacks_finished"] = "callbacks_finished"
    restoration_no: int
    done: int
    unreached: int
    confirmed: Meters = 0
    silent: Meters = 0


class SealRefused(Value):
    """Before closing, reports without an outcome were found; they are called first."""

    kind: Literal["seal_refused"] = "seal_refused"
    missing: int


class StillOff(Value):
    """A reporter says the light is not on; the old start time stands."""

    kind: Literal["still_off"] = "still_off"
    report: str
    reopens: bool


class Closed(Value):
    """Sealed: every report has an outcome and nobody is known to be off."""

    kind: Literal["closed"] = "closed"
