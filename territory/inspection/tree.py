"""The tree of each feeder: every section has one way to its substation and one device on it."""

from collections import defaultdict

from territory.inspection.look import Look
from territory.network import Device, Section


def look_at_tree(look: Look) -> None:
    """Find sections in a loop, sections that hang on a loop, and parents on another feeder."""
    sections = look.by_id["sections"]
    places: dict[str, int] = {}
    for index, row in enumerate(look.network.sections):
        places.setdefault(row.id, index)
    for section, index in places.items():
        parent = sections.get(sections[section].parent_section_id or "")
        if parent is not None and parent.feeder_id != sections[section].feeder_id:
            look.add("parent_on_other_feeder", "sections", index, "parent_section_id",
                     parent=parent.id, other=parent.feeder_id)  # fmt: skip
    ends = _ends({name: sections[name] for name in places})
    told: set[str] = set()
    for section, index in places.items():
        loop = ends[section]
        if loop is None:
            continue
        if section not in loop:
            look.add("orphan", "sections", index, "parent_section_id", loop=" → ".join(loop))
        elif section not in told:
            told.update(loop)
            around = " → ".join([*loop, loop[0]])
            look.add("loop", "sections", index, "parent_section_id", loop=around)


def _ends(sections: dict[str, Section]) -> dict[str, tuple[str, ...] | None]:
    """Return for every section the loop that its way up ends in; None where it arrives."""
    ends: dict[str, tuple[str, ...] | None] = {}
    for start in sections:
        way: dict[str, None] = {}
        at: str | None = start
        while at is not None and at in sections and at not in ends and at not in way:
            way[at] = None
            at = sections[at].parent_section_id
        if at is not None and at in way:
            walked = list(way)
            end: tuple[str, ...] | None = tuple(walked[walked.index(at) :])
        else:
            end = ends.get(at) if at is not None else None
        ends.update(dict.fromkeys(way, end))
    return ends


def look_at_devices(look: Look) -> None:
    """Find sections without a device at their head or with two, and ties that tie nothing."""
    heads: dict[str, list[str]] = defaultdict(list)
    for index, device in enumerate(look.network.devices):
        if device.tie_section_id is None and not device.normally_open:
            first = heads[device.section_id]
            if first:
                look.add("second_device", "devices", index, "section_id",
                         section=device.section_id, first=first[0])  # fmt: skip
            first.append(device.id)
        else:
            _look_at_tie(look, index, device)
    if look.unread.get("devices"):
        return  # the one that is missed may be among those that could not be read
    for index, section in enumerate(look.network.sections):
        if section.id not in heads:
            look.add("section_without_device", "sections", index, None, section=section.id)


def _look_at_tie(look: Look, index: int, device: Device) -> None:
    if device.tie_section_id is None:
        look.add("open_without_tie", "devices", index, "tie_section_id")
    elif not device.normally_open:
        look.add("closed_tie", "devices", index, "normally_open", tie=device.tie_section_id)
    elif device.tie_section_id == device.section_id:
        look.add("tie_to_itself", "devices", index, "tie_section_id", tie=device.section_id)
