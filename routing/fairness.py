"""Fair load: what it costs that a crew works more than the crews on shift do on the mean.

The mean is that of the whole snapshot, all work spread evenly over the crews on shift, with what
they worked in this turn already. So it does not depend on the plan, and each crew's price follows
from its own work alone.
"""

from collections.abc import Iterable

from routing.snapshot import Crew, Snapshot, Task
from routing.units import PER_SECOND


class Loads:
    """How much each crew may still work until it has done its share."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.price = round(PER_SECOND * snapshot.prices.fair_minute)
        share = _share(snapshot) if self.price else 0
        self.past = {crew.id: crew.worked_s - share for crew in snapshot.crews}
        """Seconds a crew has worked past its share; below nothing while it has some of it left."""

    def toll(self, crew: str, before_s: int, more_s: int) -> int:
        """Return the price of so much more work for a crew that has so much in this plan."""
        if not self.price:
            return 0
        past = self.past[crew] + before_s
        return self.price * (max(0, past + more_s) - max(0, past))

    def of(self, crew: str, tasks: Iterable[Task]) -> int:
        """Return what the work of a crew's route costs past its share."""
        return self.toll(crew, 0, sum(task.work_s for task in tasks)) if self.price else 0


def _share(snapshot: Snapshot) -> int:
    """Return a crew's share of the work in whole seconds, rounded up."""
    crews = [crew for crew in snapshot.crews if _counts(crew, snapshot)]
    work = sum(task.work_s for task in snapshot.tasks) + sum(crew.worked_s for crew in crews)
    return -(-work // max(1, len(crews)))


def _counts(crew: Crew, snapshot: Snapshot) -> bool:
    """Tell whether a crew is on its shift, or begins it: who rests takes no share."""
    return not crew.recall and crew.shift_end > snapshot.at
