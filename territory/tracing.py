"""Which open device explains what is known: who is off, and who has light."""

from collections import defaultdict
from collections.abc import Collection

from territory.network import Device, Network


class Trace:
    """The tree of a network's sections, for questions about what lies below what."""

    def __init__(self, network: Network) -> None:
        self._parent = {row.id: row.parent_section_id for row in network.sections}
        self._section = {row.id: row.section_id for row in network.transformers}
        self._transformer = {row.id: row.transformer_id for row in network.service_points}
        self._device = {row.section_id: row for row in network.devices if not row.normally_open}
        self._below: dict[str, set[str]] = defaultdict(set)
        for transformer, section in self._section.items():
            for above in self.way(section):
                self._below[above].add(transformer)

    def way(self, section: str) -> list[str]:
        """Return a section and those above it, up to the substation."""
        found: list[str] = []
        at: str | None = section
        while at is not None and at in self._parent and at not in found:
            found.append(at)
            at = self._parent[at]
        return found

    def below(self, device: Device) -> frozenset[str]:
        """Return the transformers that are off when a device is open."""
        return frozenset(self._below[device.section_id])

    def explains(self, off: Collection[str], on: Collection[str] = ()) -> Device | None:
        """Return the most upstream device that may be open: all that are off lie below it, none
        that has light does.

        `off` and `on` are ids of service points or transformers. None means that no single open
        device explains it: the calls come from several feeders, or somebody below them has light.
        """
        ways = [self.way(self._section[each]) for each in map(self._hung, off)]
        if not ways:
            return None
        common = [each for each in ways[0] if all(each in way for way in ways[1:])]
        lit = {self._hung(each) for each in on}
        fit = [each for each in common if not self._below[each] & lit and each in self._device]
        return self._device[fit[-1]] if fit else None

    def _hung(self, place: str) -> str:
        return self._transformer.get(place, place)


def explains(network: Network, off: Collection[str], on: Collection[str] = ()) -> Device | None:
    """Return the most upstream device whose opening explains who is off and who has light."""
    return Trace(network).explains(off, on)
