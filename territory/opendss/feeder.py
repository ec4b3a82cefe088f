"""Makes a network of an OpenDSS feeder: sections between its switches, transformers, homes."""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from itertools import pairwise
from math import cos, radians
from pathlib import Path

from territory.faults import Fault
from territory.files.records import Reading
from territory.inspection import check
from territory.land import Spot
from territory.layout.cuts import Piece, Tree, walked
from territory.network import (
    Device,
    DeviceKind,
    District,
    Feeder,
    Network,
    Section,
    ServiceArea,
    ServicePoint,
    Substation,
    Transformer,
)
from territory.opendss.script import Element, Script, bus_of, read_script

METRES = {"m": 1.0, "ft": 0.3048, "km": 1000.0}
"""How long the unit of a feeder's local grid is."""
METRES_PER_DEGREE = 111_320.0
LOW_VOLTAGE_KV = 1.0
MARGIN_DEGREES = 0.01
GUARDS: dict[str, DeviceKind] = {"fuse": "fuse", "recloser": "recloser", "relay": "breaker"}
TOLD = 5


@dataclass
class Walk:
    """The way through a feeder from its source: the element before every bus, and its section."""

    order: list[str] = field(default_factory=list)
    before: dict[str, str] = field(default_factory=dict)
    by: dict[str, Element] = field(default_factory=dict)
    section: dict[str, str] = field(default_factory=dict)
    transformer: dict[str, str] = field(default_factory=dict)


def read_feeder(
    master: Path, origin: Spot, unit: str = "m", zone: str = "Asia/Shanghai"
) -> Reading:
    """Return the network of an OpenDSS feeder whose grid's middle lies at `origin`."""
    script = read_script(master)
    reading = Reading(faults=list(script.faults))
    circuit = next((each for each in script.elements if each.kind == "circuit"), None)
    if circuit is None:
        return reading
    walk = _walk(script, bus_of(circuit.get("bus1") or "sourcebus"))
    _look_for_islands(script, walk, reading)
    spots = _spots(script, walk, origin, METRES[unit])
    if len(set(spots.values())) < 2:
        reading.faults.append(Fault("dss_no_place", circuit.origin, circuit.name))
        return reading
    reading.network = _network(script, walk, spots, circuit.name, zone)
    reading.faults += check(reading.network)
    return reading


def _guards(script: Script) -> dict[str, DeviceKind]:
    return {
        (each.get("monitoredobj") or "").lower().removeprefix("line."): GUARDS[each.kind]
        for each in script.elements
        if each.kind in GUARDS
    }


def _walk(script: Script, source: str) -> Walk:
    """Go through everything that is closed, nearest the source first."""
    beside: dict[str, list[tuple[str, Element]]] = defaultdict(list)
    for each in script.elements:
        if each.kind in {"line", "transformer", "reactor"} and each.enabled:
            buses = each.buses()
            for one, other in pairwise(buses):
                beside[one].append((other, each))
                beside[other].append((one, each))
    guarded = _guards(script)
    walk = Walk(order=[source], section={source: "head"})
    queue = deque([source])
    while queue:
        bus = queue.popleft()
        for other, element in beside[bus]:
            if other in walk.section:
                continue
            walk.before[other], walk.by[other] = bus, element
            cuts = element.kind == "line" and (element.switch or element.name in guarded)
            walk.section[other] = element.name if cuts else walk.section[bus]
            if _is_service(element):
                walk.transformer[other] = element.name
            elif bus in walk.transformer:
                walk.transformer[other] = walk.transformer[bus]
            walk.order.append(other)
            queue.append(other)
    return walk


def _is_service(element: Element) -> bool:
    """Tell a transformer at whose other side people live from a regulator or a substation's."""
    if element.kind != "transformer":
        return False
    listed = (element.get("kvs") or "").strip("()[]").replace(",", " ").split()
    volts = listed or [value for key, value in element.said if key == "kv"]
    try:
        return bool(volts) and min(map(float, volts)) < LOW_VOLTAGE_KV
    except ValueError:
        return False


def _look_for_islands(script: Script, walk: Walk, reading: Reading) -> None:
    """Find loads that no closed way leads to."""
    lost = [each for each in script.elements if each.kind == "load"
            and not any(bus in walk.section for bus in each.buses())]  # fmt: skip
    if lost:
        names = ", ".join(each.name for each in lost[:TOLD])
        params = {"count": len(lost), "names": names}
        reading.faults.append(Fault("dss_islands", lost[0].origin, lost[0].name, None, params))


def _spots(script: Script, walk: Walk, origin: Spot, unit_m: float) -> dict[str, Spot]:
    """Return the place of every bus; one without stands where the bus before it stands."""
    known = [script.places[bus] for bus in walk.order if bus in script.places]
    if not known:
        return {}
    middle = [(min(each) + max(each)) / 2 for each in zip(*known, strict=True)]
    across = METRES_PER_DEGREE * cos(radians(origin[1]))

    def spot(at: tuple[float, float]) -> Spot:
        east, north = ((at[n] - middle[n]) * unit_m for n in (0, 1))
        lon, lat = origin[0] + east / across, origin[1] + north / METRES_PER_DEGREE
        return round(lon, 6), round(lat, 6)

    found: dict[str, Spot] = {}
    for bus in walk.order:
        at = script.places.get(bus)
        # The source itself often has no place: then it stands where the first bus with one does.
        before = found.get(walk.before.get(bus, ""), spot(known[0]))
        found[bus] = before if at is None else spot(at)
    return found


def _network(script: Script, walk: Walk, spots: dict[str, Spot], name: str, zone: str) -> Network:
    west, south = (min(each) - MARGIN_DEGREES for each in zip(*spots.values(), strict=True))
    east, north = (max(each) + MARGIN_DEGREES for each in zip(*spots.values(), strict=True))
    box = ((((west, south), (east, south), (east, north), (west, north), (west, south)),),)
    feeder = f"{name}-f1"
    transformers, points = _supplied(script, walk, spots, name)
    return Network(
        districts=(District(name, name, name, zone, f"{name}-hotline", box),),
        service_areas=(ServiceArea(f"{name}-rural", name, "rural", box),),
        substations=(Substation(f"{name}-sub", name, f"{name} substation", f"{name}变电站",
                                spots[walk.order[0]]),),
        feeders=(Feeder(feeder, f"{name}-sub", name, f"Feeder {name}", f"{name}馈线"),),
        sections=tuple(_sections(walk, spots, name, feeder)),
        devices=tuple(_devices(script, walk, spots, name)),
        transformers=tuple(transformers), service_points=tuple(points),
    )  # fmt: skip


def _sections(walk: Walk, spots: dict[str, Spot], name: str, feeder: str) -> list[Section]:
    number = {bus: n for n, bus in enumerate(walk.order)}
    below: dict[int, list[int]] = defaultdict(list)
    for bus, above in walk.before.items():
        below[number[above]].append(number[bus])
    buses: dict[str, list[int]] = defaultdict(list)
    for bus in walk.order:
        if bus not in walk.transformer:  # what lies behind a transformer is no part of the line
            buses[walk.section[bus]].append(number[bus])
    tree, found = Tree(below, {}, {}, {}), []
    for section, nodes in buses.items():
        fed_from = walk.before.get(walk.order[nodes[0]])
        parent = None if fed_from is None else walk.section[fed_from]
        piece = Piece(
            None if fed_from is None else 0, "switch", number.get(fed_from or "", 0), nodes
        )
        path = [spots[walk.order[node]] for node in walked(piece, tree)]
        thin = [spot for n, spot in enumerate(path) if n == 0 or spot != path[n - 1]]
        whole = tuple(thin) if len(thin) > 1 else (path[0], (path[0][0] + 1e-5, path[0][1]))
        above_id = None if parent is None else f"{name}-{parent}"
        found.append(Section(f"{name}-{section}", feeder, above_id, section, whole))
    return found


def _devices(script: Script, walk: Walk, spots: dict[str, Spot], name: str) -> list[Device]:
    head = f"{name}-head"
    found = [Device(f"{head}-d", "breaker", "head", head, None, False, spots[walk.order[0]])]
    guarded = _guards(script)
    for bus in walk.order[1:]:
        element = walk.by[bus]
        if walk.section[bus] == element.name and walk.section[walk.before[bus]] != element.name:
            kind = guarded.get(element.name, "switch")
            own = f"{name}-{element.name}"
            found.append(Device(f"{own}-d", kind, element.name, own, None, False, spots[bus]))
    for element in script.elements:
        if element.kind == "line" and element.switch and not element.enabled:
            ends = [walk.section[bus] for bus in element.buses() if bus in walk.section]
            if len(set(ends)) == 2:
                one, other = (f"{name}-{each}" for each in ends)
                at = spots[element.buses()[0]]
                own = f"{name}-{element.name}"
                found.append(Device(f"{own}-d", "switch", element.name, one, other, True, at))
    return found


def _supplied(
    script: Script, walk: Walk, spots: dict[str, Spot], name: str
) -> tuple[list[Transformer], list[ServicePoint]]:
    """Return transformers with a load behind them; a load on the line itself gets its own."""
    transformers: dict[str, Transformer] = {}
    points = []
    for load in script.elements:
        bus = next((each for each in load.buses() if each in walk.section), None)
        if load.kind != "load" or bus is None:
            continue
        own = walk.transformer.get(bus, f"at-{load.name}")
        if own not in transformers:
            at = bus
            while at in walk.transformer:
                at = walk.before[at]
            section = f"{name}-{walk.section[at]}"
            transformers[own] = Transformer(f"{name}-{own}", section, own, spots[at])
        points.append(ServicePoint(f"{name}-{load.name}", f"{name}-{own}", f"用电点{load.name}",
                                   f"Load {load.name}", spots[bus]))  # fmt: skip
    return list(transformers.values()), points
