"""An API on paper: enough of the contract, in memory, to try the driver and its verdict.

It can be told to lose a report, to take a repeated key twice, to drop answers by chance, to
swallow the first answers to keyed requests or to refuse the first completions, so that a test
sees whether the verdict notices.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from math import inf
from random import Random
from time import monotonic
from typing import Any

from sim.drill.line import Answer, NoAnswer, Request
from sim.drill.pace import Pace

CREWS = 3
LEASE_S = 0.2
AT = {"type": "Point", "coordinates": [106.55, 29.56]}
NEXT_STATE = {
    "acknowledge": "acknowledged",
    "depart": "en_route",
    "arrive": "arrived",
    "assess": "assessing",
    "begin_work": "working",
    "hold": "on_hold",
    "resume": "working",
    "refuse": "dispatched",
    "complete": "done",
    "find_customer_side": "done",
}


@dataclass
class PaperOutage:
    id: str
    state: str = "dispatched"
    round: int = 1
    stage: str = "confirmed"
    reopened: int = 0
    reports: list[str] = field(default_factory=list)


@dataclass
class PaperOffice:
    """Every report opens an outage of its own; the crews have them by turns."""

    pace: Pace
    drops: float = 0.0
    loses: Callable[[int], bool] = lambda _number: False
    forgets_keys: bool = False
    swallows: int = 0
    refuses_completions: int = 0
    knows_addresses: bool = True
    chance: Random = field(default_factory=lambda: Random(5))
    reports: dict[str, dict[str, Any]] = field(default_factory=dict)
    outages: dict[str, PaperOutage] = field(default_factory=dict)
    keys: dict[str, Answer] = field(default_factory=dict)
    actions: dict[str, Answer] = field(default_factory=dict)
    callbacks: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen: list[Request] = field(default_factory=list)

    async def ask(self, request: Request) -> Answer:
        if self.chance.random() < self.drops / 2:
            raise NoAnswer("lost on the way there")
        self.seen.append(request)
        answer = self._answer(request)
        if request.key is not None and self.swallows:
            self.swallows -= 1
            raise NoAnswer("swallowed")
        if self.chance.random() < self.drops / 2:
            raise NoAnswer("lost on the way back")
        return answer

    def _answer(self, request: Request) -> Answer:  # noqa: C901 - a table of addresses
        match request.method, *request.path.removeprefix("/v1/").split("/"):
            case "POST", "reports":
                return self._take(request)
            case "GET", "reports":
                return Answer(200, {"items": list(self.reports.values()), "next_cursor": None})
            case "GET", "reports", report:
                known = self.reports.get(report)
                return Answer(200, known) if known else Answer(404, {"code": "not_found"})
            case "POST", "meter-events":
                return Answer(
                    200, {"events": [self._back(each) for each in request.body["events"]]}
                )
            case "GET", "outages", outage:
                kept = self.outages[outage]
                return Answer(200, {"stage": kept.stage, "reopened": kept.reopened})
            case "POST", "outages", outage, "actions":
                return self._act(self.outages[outage], request.body)
            case "GET", "crews":
                crews = [{"id": f"crew-{n}", "position": {"at": AT}} for n in range(CREWS)]
                return Answer(200, {"items": crews})
            case "GET", "crews", crew, "route":
                return Answer(200, {"items": self._route(int(crew[-1]))})
            case "GET", "callbacks", "next":
                return self._next()
            case "POST", "callbacks", callback, "attempts":
                return self._hear(callback, request.body)
            case "POST", "callbacks", callback, "unreached":
                return self._settle(callback, request.body["id"], "unreached")
            case "GET", "pages":
                outage = {"id": next(iter(self.outages))}
                page = {"outage": outage, "ladder": "arrival", "percent": 50}
                return Answer(200, {"items": [page], "next_cursor": None})
            case _:
                return Answer(202, {})

    def _take(self, request: Request) -> Answer:
        if request.key is not None and not self.forgets_keys and request.key in self.keys:
            kept = self.keys[request.key]
            return Answer(201, kept.body, {"idempotency-replayed": "true"})
        if not self.knows_addresses and " / " in request.body["place"].get("address", ""):
            return Answer(422, {"code": "address_not_found", "detail": "No such address."})
        number = len(self.outages) + 1
        report, outage = f"rep_{number}", f"out_{number}"
        self.outages[outage] = PaperOutage(outage, reports=[report])
        if not self.loses(number):
            self.reports[report] = {
                "id": report,
                "outage": {"id": outage},
                "outcome": None,
                "note": request.body["note"],
                "point": request.body["place"].get("service_point_id"),
                "meter": request.body["channel"] == "meter",
                "phone": request.body.get("reporter_phone"),
            }
        answer = Answer(201, {
            "report": {"id": report}, "outage": {"id": outage}, "area_class": "urban",
            "promised_arrival_at": (self.pace.house_now() + timedelta(minutes=45)).isoformat(),
        })  # fmt: skip
        if request.key is not None:
            self.keys[request.key] = answer
        return answer

    def _route(self, crew: int) -> list[dict[str, Any]]:
        return [
            {
                "task": f"{o.id}/t{o.round}",
                "kind": "repair",
                "state": o.state,
                "outage": {"id": o.id, "customers_off": 4},
                "place": {"at": AT, "area_class": "urban"},
                "hazards": [],
                "assigned_at": f"{o.round}",
            }
            for number, o in enumerate(self.outages.values())
            if number % CREWS == crew and o.state != "done"
        ]  # fmt: skip

    def _act(self, outage: PaperOutage, body: dict[str, Any]) -> Answer:
        if body["id"] in self.actions:
            return self.actions[body["id"]]
        if body["kind"] == "complete" and self.refuses_completions:
            self.refuses_completions -= 1
            self.actions[body["id"]] = Answer(409, {"code": "move_not_allowed"})
            return self.actions[body["id"]]
        outage.state = NEXT_STATE.get(body["kind"], outage.state)
        if body["kind"] in ("restore", "find_customer_side"):
            outage.stage = "restored"
            for report in outage.reports:
                known = self.reports.get(report, {"outcome": None, "phone": None})
                if known["outcome"] is None and not known.get("meter"):
                    name = f"cb_{report}_{outage.round}"
                    self.callbacks[name] = {
                        "id": name,
                        "report_id": report,
                        "attempts": 0,
                        "reporter_phone": known["phone"],
                    }
        self._close_if_through(outage)
        self.actions[body["id"]] = Answer(200, {"stage": outage.stage})
        return self.actions[body["id"]]

    def _back(self, event: dict[str, Any]) -> dict[str, Any]:
        """Let every meter of that home confirm whose outage is restored."""
        for name, report in self.reports.items():
            outage = self.outages[name.replace("rep", "out")]
            if report["meter"] and report["point"] == event["service_point_id"]:
                report["outcome"] = report["outcome"] or "meter_confirmed"
                self._close_if_through(outage)
        return {"id": event["id"], "result": "kept", "code": None}

    def _close_if_through(self, outage: PaperOutage) -> None:
        known = [self.reports[name] for name in outage.reports if name in self.reports]
        if outage.state == "done" and all(report["outcome"] for report in known):
            outage.stage = "closed"

    def _next(self) -> Answer:
        for callback in self.callbacks.values():
            if callback["report_id"] not in self.reports or callback.get("done"):
                continue
            if callback.get("claimed_until", 0) < monotonic():
                callback["claimed_until"] = monotonic() + LEASE_S
                return Answer(200, dict(callback))
        return Answer(204)

    def _hear(self, callback: str, body: dict[str, Any]) -> Answer:
        if body["id"] in self.actions:
            return self.actions[body["id"]]
        kept = self.callbacks[callback]
        if body.get("still_off"):
            outage = self.outages[kept["report_id"].replace("rep", "out")]
            outage.state, outage.stage = "dispatched", "confirmed"
            outage.round += 1
            outage.reopened += 1
            kept["done"] = True
        elif body["result"] == "unanswered":
            kept["attempts"] += 1
            kept["claimed_until"] = inf if kept["attempts"] >= 3 else 0
        else:
            return self._settle(callback, body["id"], "satisfied")
        self.actions[body["id"]] = Answer(200, {})
        return self.actions[body["id"]]

    def _settle(self, callback: str, action: str, outcome: str) -> Answer:
        kept = self.callbacks[callback]
        kept["done"] = True
        self.reports[kept["report_id"]]["outcome"] = outcome
        self._close_if_through(self.outages[kept["report_id"].replace("rep", "out")])
        self.actions[action] = Answer(200, {})
        return self.actions[action]
