"""The simulated dispatcher takes up what still stands, and looks again at what does not."""

from datetime import UTC, datetime

from domain.clock import HouseClock
from sim.drill import dispatcher
from sim.drill.dispatcher import Dispatcher
from sim.drill.journal import Journal
from sim.drill.line import Answer, Request
from sim.drill.pace import Pace
from sim.drill.scene import Scene, Truth


class PaperBoard:
    """A board on paper whose first plan is overtaken just before it can be taken up."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._looks = 0
        self.plan = "p1"
        self.taken: list[str] = []

    async def ask(self, request: Request) -> Answer:
        if request.method == "GET":
            self._looks += 1
            self._pace.over = self._looks >= 4
            shown = {"latest_plan": {"plan_hash": self.plan, "status": "proposed"}}
            return Answer(200, shown, {"etag": f'"{self.plan}"'})
        if request.body["kind"] == "mode":
            return Answer(200, {"accepted": True})
        if self.plan == "p1":
            self.plan = "p2"
        if request.seen != f'"{self.plan}"':
            return Answer(412, {"code": "precondition_failed"})
        self.taken.append(request.body["plan"])
        return Answer(200, {"accepted": True})


async def test_a_plan_overtaken_meanwhile_is_looked_at_again(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(dispatcher, "IDLE_S", 0.0)
    now = datetime.now(UTC)
    pace = Pace(HouseClock(real_epoch=now, house_epoch=now, rate=1.0))
    board = PaperBoard(pace)
    journal = Journal(tmp_path / "j.jsonl")
    await Dispatcher(Scene(board, journal, pace, Truth([]), 1, "run", "jp")).live()
    journal.close()

    assert board.taken == ["p2"]
