"""The callback desk: agents who call everybody back, and the supervisor who ends in vain tries."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from sim.drill.chance import happens, stream
from sim.drill.line import Badge, NoAnswer, Request, look
from sim.drill.scene import Scene

IDLE_S = 1.0
SHARE_SATISFIED = 0.95
SHARE_CONTACTED = 0.9
SHARE_KEPT = 0.9


@dataclass(frozen=True)
class Claim:
    """One reporter to call, as the desk's screen shows it; without a phone nobody answers."""

    callback: str
    report: str
    attempts: int
    phone: str | None


def read_claim(body: dict[str, Any]) -> Claim:
    """Read the answer of GET /v1/callbacks/next."""
    return Claim(body["id"], body["report_id"], int(body["attempts"]), body["reporter_phone"])


@dataclass
class CallbackDesk:
    """All agents and their supervisor; `unreached` holds callbacks whose tries were in vain."""

    scene: Scene
    agents: int = 3
    unreached: asyncio.Queue[tuple[str, str]] = field(default_factory=asyncio.Queue)

    async def live(self) -> None:
        """Call back until the drill is over."""
        async with asyncio.TaskGroup() as desk:
            for number in range(1, self.agents + 1):
                desk.create_task(self._agent(Badge("callback_agent", f"callback-{number}")))
            desk.create_task(self._supervisor(Badge("supervisor", "supervisor-1")))

    async def _agent(self, badge: Badge) -> None:
        scene, number = self.scene, 0
        while not scene.pace.over:
            answer = await look(scene.line, Request(badge, "GET", "/v1/callbacks/next"))
            if answer is None or answer.status != HTTPStatus.OK:
                await asyncio.sleep(IDLE_S)
                continue
            number += 1
            try:
                claim = read_claim(answer.body)
                await self._call(badge, claim, f"{scene.run}/{badge.subject}/{number}")
            except NoAnswer:
                return

    async def _call(self, badge: Badge, claim: Claim, attempt: str) -> None:
        """Call one reporter and write down what was said; the same attempt id until it is."""
        scene = self.scene
        chance = stream(scene.seed, "callback", claim.report, claim.attempts)
        caller = scene.truth.caller(claim.report)
        await scene.pace.sleep(timedelta(minutes=chance.uniform(0.5, 1.5)))
        body: dict[str, Any] = {"id": attempt, "result": "answered"}
        if happens(chance, scene.unanswered) or claim.phone is None:
            body["result"] = "unanswered"
        elif caller is not None and not scene.truth.lit(caller):
            body["still_off"] = True
        else:
            body |= {
                "contacted_on_arrival": happens(chance, SHARE_CONTACTED),
                "commitment_kept": happens(chance, SHARE_KEPT),
                "satisfied": happens(chance, SHARE_SATISFIED),
            }
        path = f"/v1/callbacks/{claim.callback}/attempts"
        answer = await scene.insist(
            Request(badge, "POST", path, body), what="callback", ref=attempt
        )
        self._note(answer.fine, answer.code, claim, body)
        if answer.fine and body["result"] == "unanswered" and claim.attempts + 1 >= scene.tries:
            await self.unreached.put((claim.callback, claim.report))

    def _note(self, fine: bool, code: str, claim: Claim, body: dict[str, Any]) -> None:
        scene = self.scene
        if not fine:
            scene.write("callback.refused", ref=body["id"], report=claim.report, code=code)
            return
        told = "still_off" if body.get("still_off") else body["result"]
        outcome = None
        if "satisfied" in body:
            outcome = "satisfied" if body["satisfied"] else "unsatisfied"
        scene.write(
            "callback.done",
            ref=body["id"],
            callback=claim.callback,
            report=claim.report,
            told=told,
            outcome=outcome,
        )
        if outcome is not None:
            scene.progress.called_back += 1
            scene.progress.called(claim.report)

    async def _supervisor(self, badge: Badge) -> None:
        """End callbacks whose tries were all in vain as unreached."""
        scene = self.scene
        while not scene.pace.over:
            try:
                callback, report = await asyncio.wait_for(self.unreached.get(), IDLE_S)
            except TimeoutError:
                continue
            request = Request(
                badge, "POST", f"/v1/callbacks/{callback}/unreached",
                {"id": f"{scene.run}/unreached/{callback}"},
            )  # fmt: skip
            try:
                answer = await scene.insist(request, what="unreached", ref=callback)
            except NoAnswer:
                return
            if answer.fine:
                scene.write(
                    "callback.done", ref=callback, callback=callback, report=report,
                    told="unreached", outcome="unreached",
                )  # fmt: skip
                scene.progress.called(report)
            else:
                scene.write("callback.refused", ref=callback, report=report, code=answer.code)
