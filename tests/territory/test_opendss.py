"""A feeder in OpenDSS format becomes sections between its devices, down to the homes."""

import random
from collections import Counter
from pathlib import Path

import pytest

from relight.settings import CODE
from territory.faults import Fault
from territory.files.records import Reading
from territory.opendss.feeder import read_feeder
from territory.tracing import Trace

BROOK = CODE / "tests" / "territory" / "feeder" / "master.dss"
IEEE_8500 = CODE.parent / "shared" / "data" / "feeder_ieee8500" / "Master.dss"
HERE = (106.55, 29.56)


@pytest.fixture(scope="module")
def brook() -> Reading:
    return read_feeder(BROOK, HERE)


def copied(place: Path, **changes: tuple[str, str]) -> list[Fault]:
    for file in BROOK.parent.iterdir():
        old, new = changes.get(file.stem, ("", ""))
        (place / file.name).write_text(file.read_text().replace(old, new) if old else
                                       file.read_text())  # fmt: skip
    return read_feeder(place / "master.dss", HERE).faults


def test_a_feeder_is_cut_at_its_devices_and_regulators_are_none(brook: Reading) -> None:
    assert brook.faults == []
    assert {(row.id, row.parent_section_id) for row in brook.network.sections} == {
        ("brook-head", None), ("brook-r1", "brook-head"), ("brook-s1", "brook-r1"),
        ("brook-f1", "brook-r1"),
    }  # fmt: skip
    assert {(row.name, row.kind, row.normally_open) for row in brook.network.devices} == {
        ("head", "breaker", False), ("r1", "recloser", False), ("s1", "switch", False),
        ("f1", "fuse", False), ("t1", "switch", True),
    }  # fmt: skip


def test_homes_hang_on_the_transformer_before_them(brook: Reading) -> None:
    section = {row.id: row.section_id for row in brook.network.transformers}

    assert {(row.id, section[row.transformer_id]) for row in brook.network.service_points} == {
        ("brook-h1", "brook-head"), ("brook-h4a", "brook-s1"), ("brook-h4b", "brook-s1"),
        ("brook-h5", "brook-f1"), ("brook-mill", "brook-r1"),
    }  # fmt: skip
    assert len(section) == 4


def test_its_grid_is_placed_around_the_origin(brook: Reading) -> None:
    at = {row.name: row.at for row in brook.network.transformers}
    feet = read_feeder(BROOK, HERE, "ft").network

    assert brook.network.substations[0].at == pytest.approx((106.5293, 29.5555), abs=1e-4)
    assert at["t4"] == pytest.approx((106.5707, 29.5555), abs=1e-4)
    assert at["t5"][1] == pytest.approx(29.5645, abs=1e-4)
    assert feet.substations[0].at[0] == pytest.approx(106.55 - 0.0207 * 0.3048, abs=1e-4)


@pytest.mark.parametrize(
    ("changes", "code", "row"),
    [
        ({"master": ("New Circuit", "Old Circuit")}, "dss_no_circuit", 1),
        ({"master": ("Buscoords places.txt", "")}, "dss_no_place", 3),
        ({"master": ("places.txt", "gone.txt")}, "dss_missing", 18),
        ({"places": ("1000, 0", "here, 0")}, "dss_bad_value", 2),
        ({"master": ("New Line.L2", "Old Line.L2")}, "dss_islands", 6),
    ],
)
def test_a_spoilt_feeder_is_told(
    tmp_path: Path, changes: dict[str, tuple[str, str]], code: str, row: int
) -> None:
    faults = copied(tmp_path, **changes)

    assert (code, row) in {(fault.code, fault.origin.row) for fault in faults}
    assert all(fault.told("en") and fault.told("zh") for fault in faults)


def test_the_ieee_8500_feeder_is_read_and_one_open_device_explains_the_calls_below_it() -> None:
    if not IEEE_8500.exists():
        pytest.skip("the IEEE 8500 feeder is not part of the project; put it at ../shared/data")
    reading = read_feeder(IEEE_8500, HERE, "ft")
    network, trace = reading.network, Trace(reading.network)
    kinds = Counter("tie" if row.normally_open else row.kind for row in network.devices)
    dice = random.Random(8500)
    everyone = {row.id for row in network.transformers}

    assert reading.faults == []
    assert kinds == {"breaker": 1, "switch": 38, "tie": 1}
    assert len(network.transformers) == len(network.service_points) == 1_177
    tried = 0
    for device in network.devices:
        off = trace.below(device)
        if device.normally_open or not off:
            continue
        tried += 1
        calls = dice.sample(sorted(off), min(len(off), 5))
        found = trace.explains(calls, everyone - off)
        assert found is not None
        assert trace.below(found) == off, device
    assert tried > 25
