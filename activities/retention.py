"""The hand of the retention sweep."""

import structlog
from sqlalchemy import Engine
from temporalio import activity

from activities.rows import real_now
from store import sweep
from store.retention import Retention
from workflows.hands import RetentionHands

log = structlog.get_logger("relight.sweep")


class RetentionWork(RetentionHands):
    """Lets go by the rules this worker was started with."""

    def __init__(self, engine: Engine, retention: Retention) -> None:
        """Sweep one database by one set of rules."""
        self._engine = engine
        self._retention = retention

    @activity.defn
    def sweep(self) -> int:
        """Let go everything due, in batches; doing it twice is harmless."""
        swept = sweep.run(self._engine, self._retention, real_now(), alive=activity.heartbeat)
        for each in swept:
            if each.rows:
                log.info("swept", rule=each.rule, rows=each.rows)
        return sum(each.rows for each in swept)
