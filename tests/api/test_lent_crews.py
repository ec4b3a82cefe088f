"""A crew that is lent works where it was sent, and hears of nothing else there."""

import pytest

from tests.api.callers import signed_in
from tests.api.house import Mouth
from tests.house_crews import LENT, one_crew_for_two

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]


async def test_a_lent_crew_acts_on_its_order_and_sees_no_other_of_that_district(
    mouth: Mouth,
) -> None:
    one_crew_for_two(mouth.engine)
    leader = signed_in("crew", f"{LENT}-leader", districts=("yl",), crew=LENT)
    outage = (await mouth.report("jp-f1-s1-t1-p1"))["outage"]["id"]
    crew, task = await mouth.dispatched(outage)
    await mouth.order("jp", kind="mode", mode="advise")  # nothing else is given to it meanwhile
    other = (await mouth.report("jp-f8-s1-t1-p1"))["outage"]["id"]
    said = {"id": "1", "device": "phone", "device_seq": 1, "kind": "acknowledge", "task": task}
    path = f"/v1/outages/{outage}"
    done = await mouth.http.post(f"{path}/actions", json=said, headers=leader)
    own = await mouth.http.get(path, headers=leader)
    hidden = await mouth.http.get(f"/v1/outages/{other}", headers=leader)
    listed = await mouth.http.get("/v1/outages", headers=leader)
    crews = await mouth.http.get("/v1/crews", headers=signed_in("dispatcher", districts=("jp",)))

    assert crew == LENT
    assert done.status_code == 200, done.text
    assert own.status_code == 200, own.text
    assert (hidden.status_code, hidden.json()["code"]) == (403, "other_district")
    assert other not in listed.text
    lent = next(each for each in crews.json()["items"] if each["id"] == LENT)
    assert (lent["district"], lent["planned_by"]) == ("yl", "jp")
