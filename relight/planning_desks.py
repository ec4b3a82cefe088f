"""Several districts planned at once, each in a process of its own that may hang or die alone."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from queue import SimpleQueue
from types import TracebackType
from typing import Self

import structlog
from opentelemetry.propagate import inject

from activities import counts
from relight.planning_desk import Answer, Question, serve
from relight.settings import Settings
from routing.plan_input import SEARCH
from workflows import messages as m

CAP_S = SEARCH.wall_s + 16.0
"""Seconds for a plan: its search, and a margin for reading, checking and keeping it.

It lies below the patience of a board, so that the one who hears of a hanging plan is the board.
"""
WARM_WITHIN_S = 120.0

log = structlog.get_logger("relight.planning")


class PlanFailed(Exception):  # noqa: N818 - read as a sentence
    """A plan that failed where it was made; the message quotes nobody."""


class DeskLost(Exception):  # noqa: N818 - read as a sentence
    """The process that made a plan died, or had to be killed because it gave no answer."""


def desks_wanted(settings: Settings) -> int:
    """Return how many districts are planned at once: one per core, unless it is set."""
    return settings.planner_processes or len(os.sched_getaffinity(0))


class Desk:
    """One process that plans, and the line to it; it is replaced when it is lost."""

    def __init__(self, settings: Settings, cap_s: float) -> None:
        self._settings, self._cap_s = settings, cap_s
        self._warm = self.busy = False
        self._open()

    @property
    def pid(self) -> int | None:
        """Return the number of the process."""
        return self._process.pid

    def wait_warm(self, within_s: float) -> None:
        """Return when the process can plan; raises DeskLost."""
        if not self._warm:
            self._hear(within_s)
            self._warm = True

    def plan(self, question: Question) -> Answer:
        """Have a district planned; raises DeskLost, and then another process stands here."""
        ends = time.monotonic() + self._cap_s
        self.busy = True
        try:
            if not self._process.is_alive():  # it died while it had nothing to do
                self._replace()
            self.wait_warm(self._cap_s)
            self._line.send(question)
            answer = self._hear(max(0.0, ends - time.monotonic()))
        except (DeskLost, OSError) as lost:
            log.warning("planning process lost", district=question.ask.district, why=str(lost))
            self._replace()
            raise DeskLost(str(lost)) from None
        finally:
            self.busy = False
        if answer is None:
            raise DeskLost("the process began anew")
        return answer

    def close(self) -> None:
        """End the process at once: a plan that nobody waits for is worth nothing."""
        self._process.kill()
        self._process.join()
        self._line.close()

    def _replace(self) -> None:
        self.close()
        self._open()

    def _open(self) -> None:
        spawning = get_context("spawn")  # a fork would copy the threads' locks as they stand
        self._line, theirs = spawning.Pipe()
        self._process = spawning.Process(
            target=serve, args=(self._settings, theirs), name="planning", daemon=True
        )
        self._process.start()
        theirs.close()
        self._warm = False

    def _hear(self, within_s: float) -> Answer | None:
        if not self._line.poll(within_s):
            raise DeskLost(f"no answer within {within_s:.0f} s")
        try:
            heard: Answer | None = self._line.recv()
        except EOFError:
            raise DeskLost("the process died") from None
        return heard


class PlanningDesks:
    """As many desks as districts are planned at once; whoever asks waits for a free one."""

    def __init__(self, settings: Settings, number: int, cap_s: float = CAP_S) -> None:
        """Start the processes; they warm up side by side."""
        self.desks = tuple(Desk(settings, cap_s) for _ in range(number))
        self._free: SimpleQueue[Desk] = SimpleQueue()
        for desk in self.desks:
            self._free.put(desk)

    def __enter__(self) -> Self:
        """Return when every process can plan."""
        try:
            for desk in self.desks:
                desk.wait_warm(WARM_WITHIN_S)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """End every process."""
        self.close()

    def close(self) -> None:
        """End every process."""
        for desk in self.desks:
            desk.close()

    def plan(self, ask: m.PlanAsk) -> m.PlanBrief:
        """Have a district planned by a process that does nothing else meanwhile.

        Raises PlanFailed and DeskLost: the board asks again, and another process answers.
        """
        trace: dict[str, str] = {}
        inject(trace)
        names = structlog.contextvars.get_contextvars()
        with self._one() as desk:
            answer = desk.plan(Question(ask, names, trace))
        for name, arguments in answer.counted:
            getattr(counts, name)(*arguments)
        if answer.brief is None:
            raise PlanFailed(f"{answer.kind}: {answer.failure}")
        return answer.brief

    @contextmanager
    def _one(self) -> Iterator[Desk]:
        desk = self._free.get()
        try:
            yield desk
        finally:
            self._free.put(desk)
