"""The board of a rehearsal: it gathers news, looks, and hands out orders one after the other."""

from datetime import datetime, timedelta

from domain.actor import board_actor
from domain.board import DEBOUNCE, LOOK_AGAIN
from domain.board_actions import Assign, Release, Reschedule
from routing.moves import Move
from routing.plan_input import open_tasks
from sim.future import Future
from sim.house.office import Office, Order
from sim.house.roster import Roster
from sim.house.strategies import Strategy, View, movable

# What a plan takes in service, beside so much open work (docs/performance.md): the board is as
# slow here, so that no order is handed out sooner than it could be.
PLANNING: tuple[tuple[int, timedelta], ...] = (
    (200, timedelta(seconds=1)),
    (1_000_000, timedelta(seconds=5)),
)
MOST_MOVES = 60


class Board:
    """The only assigner of a district."""

    def __init__(
        self, office: Office, roster: Roster, strategy: Strategy, future: Future, district: str
    ) -> None:
        self._office, self._roster, self._strategy = office, roster, strategy
        self._future, self._district = future, district
        self._actor = board_actor(district)
        self._epoch = 0
        self._busy = self._stirred = False
        self._next: datetime | None = None
        self.plans = self.refused = 0

    def stir(self) -> None:
        """Hear that something changed that a plan might answer."""
        self._stirred = True
        if not self._busy:
            self._busy = True
            self._future.at(self._future.now + DEBOUNCE, self._look)

    def _look(self) -> None:
        """Serve danger at once; then plan, and take the plan up when it is made."""
        self._stirred = False
        view = self._view()
        if view is None:
            self._rest()
            return
        moves = self._strategy.danger(view)
        for move in moves:
            self._move(move)
        again = self._view() if moves else view
        if again is None:
            self._rest()
            return
        self.plans += 1
        asked = self._strategy.whole(again)
        takes = next(span for most, span in PLANNING if len(again.tasks) <= most)
        self._future.at(self._future.now + takes, lambda: self._take_up(asked))

    def _view(self) -> View | None:
        """Return what is known now, unless no plan could change anything."""
        tasks = open_tasks(self._office.open_outages(), ())
        if not movable(tasks):
            return None
        out = {item.holder for item in tasks if item.holder is not None}
        return View(
            district=self._district,
            now=self._future.now,
            tasks=tasks,
            crews=self._roster.on_hand(self._future.now, out),
            policies=self._office.policies,
        )

    def _take_up(self, moves: tuple[Move, ...]) -> None:
        for move in moves[:MOST_MOVES]:
            self._move(move)
        if len(moves) > MOST_MOVES:
            self._stirred = True
        self._rest()
        if not self._busy:
            self._look_again()

    def _rest(self) -> None:
        """Go on at once where something was heard meanwhile."""
        self._busy = False
        if self._stirred:
            self.stir()

    def _look_again(self) -> None:
        """Look now and then in any case: a shift may have begun, a crew may be late."""
        due = self._future.now + LOOK_AGAIN
        self._next = due

        def happens() -> None:
            if self._next == due and not self._busy and self._office.live:
                self.stir()

        self._future.at(due, happens)

    def _move(self, move: Move) -> None:
        """Call a crew off if need be, and only when that is confirmed send the other."""
        order = self._office.live.get(move.task.partition("/")[0])
        if order is None:
            return
        if move.stays:
            self._tell_time(order, move)
            return
        if move.holder is not None:
            self._epoch += 1
            why = "replanned" if move.left is None else move.left.value
            release = Release(task=move.task, crew=move.holder, epoch=self._epoch, reason=why)
            if order.repair.act(self._actor, release) is not None:
                self.refused += 1
                return
        if move.crew is not None:
            self._epoch += 1
            assign = Assign(task=move.task, crew=move.crew, epoch=self._epoch, eta=move.eta)
            self.refused += order.repair.act(self._actor, assign) is not None

    def _tell_time(self, order: Order, move: Move) -> None:
        """Tell the crew that keeps an order another time."""
        if move.crew is not None and move.eta is not None:
            self._epoch += 1
            said = Reschedule(task=move.task, crew=move.crew, epoch=self._epoch, eta=move.eta)
            self.refused += order.repair.act(self._actor, said) is not None
