"""Whatever is wrong with a network is found, all of it at once, at its row and column."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.words import LANGUAGES, catalogue
from territory.faults import Origin
from territory.inspection import check
from territory.network import Device, Network, Section
from tests.territory.tiny import SQUARE, a_network, changed, with_rows, without

BOWTIE = ((((106.0, 29.0), (107.0, 30.0), (107.0, 29.0), (106.0, 30.0), (106.0, 29.0)),),)
OPEN_RING = ((((106.0, 29.0), (107.0, 29.0), (107.0, 30.0), (106.0, 30.0)),),)
NAN = float("nan")

BREAKS = {
    "nothing_of_kind": ("transformers", lambda n: Network(**{**vars(n), "transformers": (),
                        "service_points": (), "customers": ()})),
    "missing_value": ("feeders", lambda n: changed(n, "feeders", "d-a", name_zh=" ")),
    "not_one_of": ("devices", lambda n: changed(n, "devices", "sw", kind="lever")),
    "time_zone_unknown": ("districts", lambda n: changed(n, "districts", "d", time_zone="Mars")),
    "not_a_moment": ("crews", lambda n: changed(n, "crews", "k", licences=(("hv", "2027-05-01"),))),
    "unknown_reference": ("transformers",
                          lambda n: changed(n, "transformers", "t1", section_id="gone")),
    "parent_on_other_feeder": ("sections",
                               lambda n: changed(n, "sections", "a2", parent_section_id="b1")),
    "section_without_device": ("sections", lambda n: without(n, "devices", "fu")),
    "second_device": ("devices", lambda n: changed(n, "devices", "fu", section_id="a2")),
    "open_without_tie": ("devices", lambda n: changed(n, "devices", "tie", tie_section_id=None)),
    "closed_tie": ("devices", lambda n: changed(n, "devices", "tie", normally_open=False)),
    "tie_to_itself": ("devices", lambda n: changed(n, "devices", "tie", tie_section_id="a2")),
    "impossible_coordinates": ("depots", lambda n: changed(n, "depots", "d-depot", at=(NAN, 1.0))),
    "swapped_coordinates": ("depots",
                            lambda n: changed(n, "depots", "d-depot", at=(29.5, 106.5))),
    "outside_district": ("service_points",
                         lambda n: changed(n, "service_points", "p1", at=(105.9, 29.5))),
    "no_service_area": ("service_points",
                        lambda n: changed(n, "service_points", "p1", at=(105.9, 29.5))),
    "area_empty": ("grids", lambda n: changed(n, "grids", "d-g", boundary=())),
    "ring_open": ("service_areas",
                  lambda n: changed(n, "service_areas", "d-urban", boundary=OPEN_RING)),
    "area_crossed": ("districts", lambda n: changed(n, "districts", "d", area=BOWTIE)),
    "path_too_short": ("sections", lambda n: changed(n, "sections", "a3", path=((106.5, 29.5),))),
    "loop": ("sections", lambda n: changed(n, "sections", "a1", parent_section_id="a2")),
    "orphan": ("sections", lambda n: changed(n, "sections", "a1", parent_section_id="a2")),
    "duplicate_id": ("customers", lambda n: with_rows(n, "customers", n.customers * 2)),
}  # fmt: skip
NOT_OF_ROWS = {
    "not_yes_or_no", "licence_without_expiry", "part_without_count", "not_coordinates",
    "geometry_missing", "wkt_broken", "other_geometry", "column_missing", "table_broken",
    "json_broken", "no_features", "kind_twice", "kind_unknown", "name_unknown", "no_files",
    "not_utf8",
}  # fmt: skip


def test_a_sound_network_has_no_fault() -> None:
    assert check(a_network()) == []


@pytest.mark.parametrize("code", BREAKS)
def test_each_fault_is_found_at_its_kind_and_said_in_both_languages(code: str) -> None:
    kind, spoil = BREAKS[code]
    faults = check(spoil(a_network()))
    found = [fault for fault in faults if fault.code == code]

    assert found
    assert found[0].origin.file == kind
    for language in LANGUAGES:
        assert found[0].told(language)


def test_every_code_of_a_row_is_tried_here() -> None:
    codes = {key.removeprefix("network.fault.") for key in catalogue("en") if ".fault." in key}
    ours = {code for code in codes if f"network.fault.{code}" in catalogue("en")}

    assert {code for code in ours if not code.startswith("dss_")} == set(BREAKS) | NOT_OF_ROWS


def test_all_faults_are_said_at_once_in_the_order_of_the_rows() -> None:
    network = changed(a_network(), "customers", "c2", key_class="royal")
    network = changed(network, "sections", "a3", parent_section_id="gone")
    network = changed(network, "depots", "d-depot", at=(200.0, 0.0))

    assert [(fault.code, fault.origin.file, fault.id) for fault in check(network)] == [
        ("impossible_coordinates", "depots", "d-depot"),
        ("unknown_reference", "sections", "a3"),
        ("not_one_of", "customers", "c2"),
    ]


def test_a_fault_names_file_row_id_and_column() -> None:
    network = changed(a_network(), "feeders", "d-b", substation_id="nowhere")
    origins = {"feeders": [Origin("lines.csv", 2), Origin("lines.csv", 3)]}
    (fault,) = check(network, origins)

    assert fault.told("en").startswith("lines.csv, row 3 (d-b), substation_id: nowhere is not")
    assert fault.told("zh").startswith("lines.csv 第 3 行（d-b），substation_id：")


def test_a_loop_is_told_once_and_what_hangs_on_it_is_an_orphan_each() -> None:
    network = changed(a_network(), "sections", "a1", parent_section_id="a2")
    faults = check(network)

    assert [(fault.code, fault.id) for fault in faults] == [("loop", "a1"), ("orphan", "a3")]
    assert faults[0].params["loop"] == "a1 → a2 → a1"


def test_rows_that_could_not_be_read_make_no_others_faulty() -> None:
    network = without(a_network(), "sections", "a2")
    unread = {"sections": {"a2"}}

    assert check(network)
    assert check(network, unread=unread) == []


@given(st.lists(st.integers(min_value=-1, max_value=9), min_size=10, max_size=10))
def test_a_section_is_at_fault_exactly_when_no_root_is_above_it(parents: list[int]) -> None:
    sections = tuple(
        Section(f"s{n}", "d-a", None if parent < 0 else f"s{parent}", "S", SQUARE[0][0][:2])
        for n, parent in enumerate(parents)
    )
    devices = tuple(Device(f"v{n}", "fuse", "F", f"s{n}", None, False, (106.5, 29.5))
                    for n in range(10))  # fmt: skip
    network = Network(**{**vars(a_network()), "sections": sections, "devices": devices,
                         "transformers": (), "service_points": (), "customers": ()})  # fmt: skip

    def arrives(n: int, steps: int = 11) -> bool:
        return n < 0 or (steps > 0 and arrives(parents[n], steps - 1))

    faults = [fault for fault in check(network) if fault.code in {"loop", "orphan"}]
    around = {name for fault in faults if fault.code == "loop"
              for name in fault.params["loop"].split(" → ")}  # fmt: skip
    lost = around | {fault.id for fault in faults}

    assert lost == {f"s{n}" for n in range(10) if not arrives(n)}
