"""A client of the live feed, as docs/live.md tells people to write one: one store, no gaps."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

LISTS = {
    "outage": "/v1/outages?limit=200",
    "report": "/v1/reports?limit=200",
    "crew": "/v1/crews",
    "callback": "/v1/callbacks?limit=200",
    "page": "/v1/pages?open=false&limit=200",
}
Rows = dict[tuple[str, str], dict[str, Any]]


@dataclass(frozen=True)
class Told:
    """One event of the stream."""

    id: str
    event: str
    data: dict[str, Any]


@dataclass
class Follower:
    """Holds the rows of some kinds; a dropped stream is taken up at the last event."""

    http: httpx.Client
    headers: dict[str, str]
    kinds: Sequence[str] = tuple(LISTS)
    query: dict[str, Any] = field(default_factory=dict)
    rows: Rows = field(default_factory=dict)
    token: str | None = None
    fresh_starts: list[str] = field(default_factory=list)

    @contextmanager
    def stream(self) -> Iterator[Iterator[Told]]:
        """Open the stream; what it tells is applied as it is read."""
        headers = dict(self.headers)
        if self.token is not None:
            headers["Last-Event-ID"] = self.token
        query = {"kind": list(self.kinds), **self.query}
        with self.http.stream("GET", "/v1/live", params=query, headers=headers) as response:
            assert response.status_code == 200, response.read()
            yield self._applied(response)

    def _applied(self, response: httpx.Response) -> Iterator[Told]:
        for told in events_of(response.iter_lines()):
            self.apply(told)
            yield told

    def apply(self, told: Told) -> None:
        """Take over one event."""
        data = told.data
        if told.event in ("hello", "resync"):
            self.fresh_starts.append(data.get("reason", "hello"))
            self.rows = read_lists(self.http, self.headers, self.kinds)
        elif told.event == "row":
            self._take(data["kind"], data["id"], data["row"], data["seq"])
        elif told.event == "gone":
            self.rows.pop((data["kind"], data["id"]), None)
        self.token = told.id

    def _take(self, kind: str, key: str, row: dict[str, Any], seq: int | None) -> None:
        held = self.rows.get((kind, key))
        if held is None or seq is None or seq >= held["seq"]:
            self.rows[kind, key] = plain(kind, row)


def events_of(lines: Iterator[str]) -> Iterator[Told]:
    """Read a stream of events line by line."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield Told(fields["id"], fields["event"], json.loads(fields["data"]))
            fields = {}


def read_lists(http: httpx.Client, headers: dict[str, str], kinds: Sequence[str]) -> Rows:
    """Read every list from its first page to its last."""
    rows: Rows = {}
    for kind in kinds:
        url: str | None = LISTS[kind]
        while url is not None:
            response = http.get(url, headers=headers)
            assert response.status_code == 200, response.text
            rows |= {(kind, item["id"]): plain(kind, item) for item in response.json()["items"]}
            url = response.links["next"]["url"] if "next" in response.links else None
    return rows


def plain(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without what is not its own: an age, and the copy of another row."""
    if kind == "crew":
        return {**row, "position": {**row["position"], "age_s": None}}
    if kind == "report":
        return {**row, "outage": row["outage"] and row["outage"]["id"]}
    return row


def catch_up(http: httpx.Client, headers: dict[str, str], **query: Any) -> list[Told]:
    """Read a stream that ends as soon as it has caught up."""
    response = http.get("/v1/live", headers=headers, params={"for_s": 0, **query})
    assert response.status_code == 200, response.text
    return list(events_of(iter(response.text.splitlines())))


def rows_of(found: list[Told]) -> list[tuple[str, str]]:
    """Return what was told of rows: the event and the id."""
    return [(each.event, each.data["id"]) for each in found if each.event in ("row", "gone")]


def now_of(http: httpx.Client, headers: dict[str, str]) -> str:
    """Return the token of this moment."""
    return catch_up(http, headers)[-1].id
