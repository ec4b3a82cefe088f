"""A network small enough to be read at a glance: two feeders that meet at one open tie.

sub ─ [cb1] a1 ─ [sw] a2 ─ [fu] a3        a2 ~ tie ~ b1        sub ─ [cb2] b1
"""

from typing import Any

from territory.network import (
    Crew,
    CrewMember,
    Customer,
    Depot,
    Device,
    District,
    Feeder,
    Grid,
    Network,
    Section,
    ServiceArea,
    ServicePoint,
    Substation,
    Transformer,
)

SQUARE = ((((106.0, 29.0), (107.0, 29.0), (107.0, 30.0), (106.0, 30.0), (106.0, 29.0)),),)
LICENCE = ("high_voltage", "2027-05-01T00:00:00+08:00")
CREW = Crew(
    "k", "d", "Spark crew", "星火抢修队", "d-depot", "d-g", ("repair",), (LICENCE,),
    ("bucket_truck", "tree_saw"), (("fuse", 12), ("pole", 1)),
)  # fmt: skip

SECTIONS = (
    Section("a1", "d-a", None, "A1", ((106.5, 29.5), (106.51, 29.5))),
    Section("a2", "d-a", "a1", "A2", ((106.51, 29.5), (106.52, 29.5))),
    Section("a3", "d-a", "a2", "A3", ((106.52, 29.5), (106.52, 29.51))),
    Section("b1", "d-b", None, "B1", ((106.5, 29.5), (106.53, 29.5))),
)
DEVICES = (
    Device("cb1", "breaker", "CB1", "a1", None, False, (106.5, 29.5)),
    Device("sw", "switch", "SW", "a2", None, False, (106.51, 29.5)),
    Device("fu", "fuse", "FU", "a3", None, False, (106.52, 29.5)),
    Device("cb2", "breaker", "CB2", "b1", None, False, (106.5, 29.5)),
    Device("tie", "switch", "TIE", "a2", "b1", True, (106.52, 29.5)),
)


def a_network() -> Network:
    """Return the sound one."""
    return Network(
        districts=(District("d", "Dale", "谷县", "Asia/Shanghai", "d-hotline", SQUARE),),
        service_areas=(ServiceArea("d-urban", "d", "urban", SQUARE),),
        grids=(Grid("d-g", "d", "North grid", "北网格", "19900000001", "wang", SQUARE),),
        depots=(Depot("d-depot", "d", "Depot", "驻点", (106.5, 29.5)),),
        substations=(Substation("d-sub", "d", "Substation", "变电站", (106.5, 29.5)),),
        feeders=(
            Feeder("d-a", "d-sub", "d", "Feeder A", "甲线"),
            Feeder("d-b", "d-sub", "d", "Feeder B", "乙线"),
        ),
        sections=SECTIONS,
        devices=DEVICES,
        transformers=tuple(
            Transformer(f"t{n}", section, f"T{n}", (106.5 + n / 1000, 29.5))
            for n, section in enumerate(("a1", "a2", "a3", "b1"), 1)
        ),
        service_points=tuple(
            ServicePoint(f"p{n}", f"t{n}", f"谷县梅花路{n}号", f"{n} Plum Road", (106.501, 29.501))
            for n in range(1, 5)
        ),
        customers=(
            Customer("c1", "p1", "李娜", "19900000002", True, None),
            Customer("c2", "p2", "王, “伟”", "19900000003", False, "1"),
        ),
        crews=(CREW,),
        crew_members=(CrewMember("k", "k-leader", "leader"),),
    )


def changed(network: Network, kind: str, row_id: str, /, **values: Any) -> Network:
    """Return a network in which one row has other values."""
    rows = tuple(row._replace(**values) if row.id == row_id else row for row in network.rows(kind))
    return with_rows(network, kind, rows)


def without(network: Network, kind: str, row_id: str) -> Network:
    """Return a network that lacks one row."""
    return with_rows(network, kind, tuple(row for row in network.rows(kind) if row.id != row_id))


def with_rows(network: Network, kind: str, rows: tuple[Any, ...]) -> Network:
    """Return a network with other rows of one kind."""
    return Network(**{**vars(network), kind: rows})
