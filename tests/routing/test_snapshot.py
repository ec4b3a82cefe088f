"""Reading snapshots: what is wrong is named with its place."""

import json
import math
from typing import Any

import pytest

from domain.errors import Refused
from routing.snapshot import FrozenStop, Snapshot, read_snapshot
from tests.routing.builders import a_crew, a_snapshot, a_storm, a_task


def plain() -> dict[str, Any]:
    snapshot = a_snapshot(a_task("t1"), a_task("t2"), a_crew("c1"))
    return json.loads(snapshot.model_dump_json())


def test_a_snapshot_reads_back_as_it_was() -> None:
    snapshot = a_storm(4)

    assert read_snapshot(snapshot.model_dump_json()) == snapshot
    assert read_snapshot(snapshot.model_dump(mode="json")).digest() == snapshot.digest()


def test_a_snapshot_without_kit_has_the_digest_it_had_before_there_was_kit() -> None:
    bare = a_snapshot(a_task("t1"), a_crew("c1"))
    equipped = a_snapshot(a_task("t1", kit=("tree_saw",)), a_crew("c1", kit=("tree_saw",)))

    assert "kit" not in bare.canonical()
    assert equipped.canonical().count('"kit":["tree_saw"]') == 2
    assert read_snapshot(equipped.canonical()) == equipped


def test_the_digest_does_not_depend_on_the_zone_a_time_is_written_in() -> None:
    data = plain()
    data["at"] = "2026-03-02T09:00:00+08:00"

    assert read_snapshot(data).digest() == read_snapshot(plain()).digest()


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        (("tasks", 1, "work_s"), -1, "/tasks/1/work_s"),
        (("tasks", 0, "weight"), math.nan, "/tasks/0/weight"),
        (("tasks", 0, "weight"), 0, "/tasks/0/weight"),
        (("tasks", 0, "lon"), math.inf, "/tasks/0/lon"),
        (("tasks", 0, "lat"), 91, "/tasks/0/lat"),
        (("tasks", 0, "deadline"), "2026-03-02T01:00:00", "/tasks/0/deadline"),
        (("tasks", 0, "customers"), -3, "/tasks/0/customers"),
        (("tasks", 0, "colour"), "red", "/tasks/0/colour"),
        (("tasks", 1, "id"), "t1", "/tasks/0/id"),
        (("tasks", 0, "after"), ["t1"], "/tasks/0/after"),
        (("tasks", 0, "lock"), {"kind": "crew"}, "/tasks/0/lock"),
        (("crews", 0, "duty_left_s"), -5, "/crews/0/duty_left_s"),
        (("crews", 0, "shift_end"), "2020-01-01T00:00:00Z", "/crews/0"),
        (("travel", "circuity"), 0.5, "/travel/circuity"),
        (("travel", "speed_kmh"), {"urban": 30}, "/travel"),
        (("prices", "travel_minute"), math.nan, "/prices/travel_minute"),
        (("prices", "late_minute"), {"urban": 1}, "/prices"),
        (("stop", "wall_s"), 0, "/stop/wall_s"),
        (("frozen",), {"c9": [{"task": "t1"}]}, "/frozen/c9"),
        (("frozen",), {"c1": [{"task": "t9"}]}, "/frozen/c1/0/task"),
        (("frozen",), {"c1": [{"task": "t1"}, {"task": "t1"}]}, "/frozen/c1/1/task"),
    ],
)
def test_a_wrong_value_is_refused_with_its_path(
    path: tuple[str | int, ...], value: object, pointer: str
) -> None:
    data = plain()
    target: Any = data
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value

    for text in (data, json.dumps(data)):
        with pytest.raises(Refused, match="snapshot_invalid") as refusal:
            read_snapshot(text)
        assert refusal.value.pointer == pointer


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(Refused, match="snapshot_invalid"):
        read_snapshot("not json")


def test_tasks_that_wait_for_each_other_are_refused() -> None:
    data = plain()
    data["tasks"][0]["after"], data["tasks"][1]["after"] = ["t2"], ["t1"]

    with pytest.raises(Refused) as refusal:
        read_snapshot(data)

    assert refusal.value.pointer == "/tasks/0/after"


def test_a_forerunner_that_is_not_in_the_snapshot_is_finished() -> None:
    snapshot = a_snapshot(a_task("t1", after=("long_done",)), a_crew("c1"))

    assert isinstance(snapshot, Snapshot)


def test_an_empty_frozen_list_is_nothing() -> None:
    snapshot = a_snapshot(a_task("t1"), a_crew("c1"), frozen={"c1": ()})

    assert snapshot.frozen == {"c1": ()}
    assert FrozenStop(task="t1").arrived_at is None


def test_a_copy_of_a_snapshot_has_a_digest_of_its_own() -> None:
    snapshot = a_storm(5)
    digest = snapshot.digest()

    assert snapshot.model_copy(update={"district": "elsewhere"}).digest() != digest
    assert snapshot.model_copy().digest() == digest
    assert snapshot == a_storm(5)


def test_the_order_in_which_tasks_arrive_is_part_of_the_snapshot() -> None:
    snapshot = a_snapshot(a_task("t1"), a_task("t2"), a_crew("c1"))
    turned = snapshot.model_copy(update={"tasks": snapshot.tasks[::-1]})

    assert snapshot.digest() != turned.digest()
    assert Snapshot.model_validate_json(snapshot.model_dump_json()).digest() == snapshot.digest()
