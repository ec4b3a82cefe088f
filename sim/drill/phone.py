"""A crew's phone: numbers every statement, keeps what it cannot send, and syncs in order."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sim.drill.line import Answer, Badge, Request, look
from sim.drill.scene import Scene


@dataclass
class Phone:
    """One device; `offline` keeps statements until `sync`, in the order they were made."""

    scene: Scene
    crew: str
    at: tuple[float, float]
    offline: bool = False
    _number: int = 0
    _kept: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def badge(self) -> Badge:
        """Whose phone it is: the leader's."""
        return Badge("crew", f"{self.crew}-leader", self.crew)

    @property
    def device(self) -> str:
        """The name of the device in this run."""
        return f"phone/{self.scene.run}/{self.crew}"

    async def say(self, outage: str, kind: str, **fields: Any) -> Answer | None:
        """State what happened; returns None when it is kept for later."""
        self._number += 1
        statement = {
            "id": f"{self.scene.run}/{self.crew}/{self._number}",
            "kind": kind,
            **fields,
            "occurred_at": self.scene.pace.house_now().isoformat(),
            "device": self.device,
            "device_seq": self._number,
            "position": list(self.at),
        }
        if self.offline:
            self.scene.write("action.kept", ref=statement["id"], kind=kind, outage=outage)
            self._kept.append((outage, statement))
            return None
        return await self._send(outage, statement)

    async def sync(self) -> None:
        """Send what was kept, oldest first, also what is said meanwhile."""
        while self._kept:
            outage, statement = self._kept[0]
            await self._send(outage, statement)
            self._kept.pop(0)
        self.offline = False

    async def _send(self, outage: str, statement: dict[str, Any]) -> Answer:
        request = Request(self.badge, "POST", f"/v1/outages/{outage}/actions", statement)
        ref = statement["id"]
        answer = await self.scene.insist(request, what="action", ref=ref)
        self.scene.write(
            "action.done" if answer.fine else "action.refused",
            ref=ref,
            kind=statement["kind"],
            outage=outage,
            task=statement.get("task"),
            crew=self.crew,
            occurred_at=statement["occurred_at"],
            etr=statement.get("etr"),
            code=None if answer.fine else answer.code,
        )
        return answer

    async def report_positions(self, fixes: list[tuple[tuple[float, float], datetime]]) -> None:
        """Tell where the crew was and when; a lost position is no harm."""
        body = [
            {"at": list(at), "occurred_at": when.isoformat(), "accuracy_m": 12}
            for at, when in fixes
        ]
        request = Request(self.badge, "POST", f"/v1/crews/{self.crew}/positions", body)
        await look(self.scene.line, request)
