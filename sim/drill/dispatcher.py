"""A dispatcher in advise mode who takes up what the board proposes, as far as it still stands."""

import asyncio

from sim.drill.line import Badge, NoAnswer, Request, look
from sim.drill.scene import Scene

IDLE_S = 1.5


class Dispatcher:
    """Sets the board to advise, then accepts all of its latest plan while that is proposed."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._badge = Badge("dispatcher", "dispatcher-1")
        self._accepted: set[str] = set()

    async def live(self) -> None:
        """Look at proposals until the drill is over."""
        scene = self._scene
        mode = {"id": f"{scene.run}/mode", "kind": "mode", "mode": "advise"}
        try:
            await self._order(Badge("supervisor", "supervisor-1"), mode, "*")
            while not scene.pace.over:
                await self._accept_new()
                await asyncio.sleep(IDLE_S)
        except NoAnswer:
            return

    async def _accept_new(self) -> None:
        request = Request(self._badge, "GET", f"/v1/boards/{self._scene.district}")
        board = await look(self._scene.line, request)
        if board is None or not board.fine:
            return
        latest = board.body["latest_plan"] or {"status": "none"}
        if latest["status"] != "proposed" or latest["plan_hash"] in self._accepted:
            return
        plan = latest["plan_hash"]
        order = {"id": f"{self._scene.run}/{plan[:32]}", "kind": "accept", "plan": plan}
        # Overtaken by another plan since it was read, it was not taken up: look again.
        if await self._order(self._badge, order, board.headers["etag"]) != "precondition_failed":
            self._accepted.add(plan)

    async def _order(self, badge: Badge, order: dict[str, str], seen: str) -> str:
        path = f"/v1/boards/{self._scene.district}/orders"
        request = Request(badge, "POST", path, order, seen=seen)
        answer = await self._scene.insist(request, what="order", ref=order["id"])
        self._scene.write("order.done", ref=order["id"], kind=order["kind"], code=answer.code)
        return answer.code
