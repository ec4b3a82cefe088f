"""Positions and shifts: kept once, never of the future, never overlapping."""

from datetime import UTC, datetime, timedelta

import httpx

from tests.api.callers import signed_in

CREW = signed_in("crew", crew="jp-crew-03")
SUPERVISOR = signed_in("supervisor")


def fix(minutes_ago: float) -> dict[str, object]:
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return {"at": [106.551, 29.561], "occurred_at": at.isoformat(), "accuracy_m": 8}


async def test_positions_are_kept_once_and_the_latest_shows(client: httpx.AsyncClient) -> None:
    fixes = [fix(5), fix(1)]
    first = await client.post("/v1/crews/jp-crew-03/positions", json=fixes, headers=CREW)
    again = await client.post("/v1/crews/jp-crew-03/positions", json=fixes, headers=CREW)
    shown = await client.get("/v1/crews/jp-crew-03", headers=CREW)

    assert (first.status_code, first.json()["kept"]) == (202, 2)
    assert again.json()["kept"] == 0
    assert shown.json()["position"]["at"]["coordinates"] == [106.551, 29.561]
    assert 50 <= shown.json()["position"]["age_s"] <= 120


async def test_positions_of_the_future_of_others_or_swapped_are_refused_whole(
    client: httpx.AsyncClient,
) -> None:
    path = "/v1/crews/jp-crew-03/positions"
    ahead = await client.post(path, json=[fix(2), fix(-60)], headers=CREW)
    swapped = await client.post(path, json=[fix(2) | {"at": [29.5, 106.5]}], headers=CREW)
    nothing = await client.post(path, json=[], headers=CREW)
    others = await client.post("/v1/crews/jp-crew-04/positions", json=[fix(1)], headers=CREW)

    assert (ahead.status_code, ahead.json()["code"]) == (422, "time_in_the_future")
    assert ahead.json()["errors"][0]["pointer"] == "/1/occurred_at"
    assert (swapped.status_code, swapped.json()["code"]) == (422, "coordinates_swapped")
    assert (nothing.status_code, nothing.json()["errors"][0]["code"]) == (422, "too_short")
    assert (others.status_code, others.json()["code"]) == (403, "other_crew")


async def test_a_shift_is_given_once_and_never_inside_another(client: httpx.AsyncClient) -> None:
    path = "/v1/crews/jp-crew-03/shifts"
    shift = {
        "starts_at": "2031-05-01T08:00:00+08:00",
        "ends_at": "2031-05-01T16:00:00+08:00",
        "max_duty_s": 28_800,
    }
    first = await client.post(path, json=shift, headers=SUPERVISOR)
    again = await client.post(path, json=shift, headers=SUPERVISOR)
    inside = await client.post(
        path, json=shift | {"starts_at": "2031-05-01T12:00:00+08:00"}, headers=SUPERVISOR
    )
    reversed_ = await client.post(
        path, json=shift | {"ends_at": "2031-05-01T07:00:00+08:00"}, headers=SUPERVISOR
    )
    by_dispatcher = await client.post(path, json=shift, headers=signed_in("dispatcher"))

    assert first.status_code == again.status_code == 201, again.text
    assert again.json() == first.json()
    assert (inside.status_code, inside.json()["code"]) == (409, "shift_exists")
    assert reversed_.json()["errors"][0]["code"] == "range_reversed"
    assert (by_dispatcher.status_code, by_dispatcher.json()["code"]) == (403, "role_may_not")


async def test_a_shift_ends_at_another_time_but_not_before_it_begins(
    client: httpx.AsyncClient,
) -> None:
    shift = {
        "starts_at": "2031-06-01T00:00:00Z",
        "ends_at": "2031-06-01T08:00:00Z",
        "max_duty_s": 28_800,
    }
    told = await client.post("/v1/crews/jp-crew-05/shifts", json=shift, headers=SUPERVISOR)
    path = told.headers["location"]
    seen = SUPERVISOR | {"If-Match": told.headers["etag"]}
    blind = await client.patch(path, json={"ends_at": "2031-06-01T09:00:00Z"}, headers=SUPERVISOR)
    longer = await client.patch(path, json={"ends_at": "2031-06-01T09:00:00Z"}, headers=seen)
    late = await client.patch(path, json={"ends_at": "2031-06-01T10:00:00Z"}, headers=seen)
    shown = await client.get(path, headers=SUPERVISOR)
    now = SUPERVISOR | {"If-Match": shown.headers["etag"]}
    before = await client.patch(path, json={"ends_at": "2031-05-31T23:00:00Z"}, headers=now)
    unknown = await client.patch(
        "/v1/shifts/none", json={"ends_at": "2031-06-01T09:00:00Z"}, headers=SUPERVISOR
    )

    assert (blind.status_code, blind.json()["code"]) == (428, "precondition_required")
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert late.json()["present"] == shown.json() == longer.json()
    assert late.headers["etag"] == shown.headers["etag"] == longer.headers["etag"]
    assert longer.json()["ends_at"] == "2031-06-01T09:00:00Z"
    assert (before.status_code, before.json()["errors"][0]["code"]) == (422, "range_reversed")
    assert unknown.status_code == 404
