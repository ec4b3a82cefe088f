"""What runs in one process of the planner: it plans one district after another, all alone."""

import os
import signal
import threading
from dataclasses import dataclass, field
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from typing import Any

import structlog
from opentelemetry import context
from opentelemetry.propagate import extract

from activities.planning import Planning
from relight.log_lines import set_up_logging
from relight.road_engines import roads_of
from relight.settings import Settings
from relight.telemetry import set_up_telemetry
from routing.planner import warm_up
from store.engine import connect
from store.faults import what
from workflows import messages as m


@dataclass
class Noted:
    """What a plan would have counted: its process serves no metrics, so it is told on."""

    calls: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)

    def planned(self, district: str, stop_cause: str, seconds: float) -> None:
        """Note a plan that was made."""
        self.calls.append(("planned", (district, stop_cause, seconds)))

    def unsound(self, district: str) -> None:
        """Note a plan that must not be sent out."""
        self.calls.append(("unsound", (district,)))


@dataclass(frozen=True)
class Question:
    """A district to plan, with what log lines and traces of it are to name."""

    ask: m.PlanAsk
    names: dict[str, Any]
    trace: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """A plan in brief or the failure in words, and what is to be counted."""

    brief: m.PlanBrief | None
    counted: list[tuple[str, tuple[Any, ...]]]
    kind: str = ""
    failure: str = ""


def serve(settings: Settings, line: Connection) -> None:
    """Plan what is asked until the other end hangs up; says None once it is warm."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told to end, and ends this one
    threading.Thread(target=_end_with_parent, daemon=True).start()
    set_up_logging(settings)
    # The metrics of this part are served by the parent, at an address there is only once.
    telemetry = set_up_telemetry(settings.model_copy(update={"metrics_address": None}), "planner")
    engine = telemetry.watch_engine(
        connect(settings.database_url or "", connections=1, name="planner")
    )
    noted = Noted()
    planning = Planning(engine, roads_of(settings), noted)
    warm_up()  # compiled before the first plan, not during it
    try:
        line.send(None)
        while True:
            line.send(_answer(planning, line.recv(), noted))
    except (EOFError, OSError):
        telemetry.close()


def _answer(planning: Planning, question: Question, noted: Noted) -> Answer:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**question.names)
    noted.calls = []
    token = context.attach(extract(question.trace))
    try:
        return Answer(planning.whole(question.ask), noted.calls)
    except Exception as error:  # noqa: BLE001 - whatever it is, the board must hear of it
        # Told without what it quotes: it is kept in the board's history.
        return Answer(None, noted.calls, type(error).__name__, what(error))
    finally:
        context.detach(token)


def _end_with_parent() -> None:
    """End at once when the parent is gone: nobody is left to answer."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
