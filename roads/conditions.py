"""What is different on the roads just now: closed ways, and kinds of road on which all are slow."""

import numpy as np
from pydantic import Field

from domain.value import Value
from roads.ways import KINDS, Real, Ways


class Conditions(Value):
    """Ways that nobody can drive, and speeds as a share of the usual one by kind of road."""

    closed: tuple[int, ...] = ()
    slow: dict[str, float] = Field(default_factory=dict)

    @property
    def usual(self) -> bool:
        """Tell whether nothing is different."""
        return not self.closed and all(share == 1.0 for share in self.slow.values())


USUAL = Conditions()


def speeds(ways: Ways, conditions: Conditions) -> Real:
    """Return km/h of every segment; 0 where it is closed.

    A link counts as the kind of road it leads to.
    """
    shares = np.array([conditions.slow.get(kind.removesuffix("_link"), 1.0) for kind in KINDS])
    kmh = ways.kmh * shares[ways.kind]
    if conditions.closed:
        kmh = np.where(np.isin(ways.way, np.array(conditions.closed, dtype=np.int64)), 0.0, kmh)
    return np.asarray(kmh, dtype=float)
