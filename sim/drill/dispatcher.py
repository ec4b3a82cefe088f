"""A dispatcher in advise mode who takes up every plan the board proposes."""

import asyncio

from sim.drill.line import Badge, NoAnswer, Request, look
from sim.drill.scene import Scene, items_of

IDLE_S = 1.5


class Dispatcher:
    """Sets the board to advise, then accepts all of each new proposal."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._badge = Badge("dispatcher", "dispatcher-1")
        self._accepted: set[str] = set()

    async def live(self) -> None:
        """Look at proposals until the drill is over."""
        scene = self._scene
        mode = {"id": f"{scene.run}/mode", "kind": "mode", "mode": "advise"}
        try:
            await self._order(Badge("supervisor", "supervisor-1"), mode)
            while not scene.pace.over:
                await self._accept_new()
                await asyncio.sleep(IDLE_S)
        except NoAnswer:
            return

    async def _accept_new(self) -> None:
        path = f"/v1/boards/{self._scene.district}/plans"
        request = Request(self._badge, "GET", path, query={"limit": "20"})
        for item in items_of(await look(self._scene.line, request)):
            plan = item["plan_hash"]
            if plan in self._accepted or item["status"] != "proposed":
                continue
            self._accepted.add(plan)
            order = {"id": f"{self._scene.run}/{plan[:32]}", "kind": "accept", "plan": plan}
            await self._order(self._badge, order)

    async def _order(self, badge: Badge, order: dict[str, str]) -> None:
        path = f"/v1/boards/{self._scene.district}/orders"
        request = Request(badge, "POST", path, order)
        answer = await self._scene.insist(request, what="order", ref=order["id"])
        self._scene.write("order.done", ref=order["id"], kind=order["kind"], code=answer.code)
