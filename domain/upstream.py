"""Which device of a feeder explains the calls: the tree of its sections, read upwards and down.

A section hangs below the device at its head, and so does everything that hangs below the section.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Literal

from domain.value import Value

Where = Literal["suspected", "upstream", "downstream", "other"]


class Section(Value):
    """The part of a feeder behind one device; `device` is None where the network names none."""

    id: str
    parent: str | None = None
    device: str | None = None


class Transformer(Value):
    """What hangs on a section: so many customers, of whom so many called."""

    id: str
    section: str
    customers: int = 0
    calls: int = 0


class Candidate(Value):
    """A device, or with `section` None a transformer, that may be open; `calls` it explains."""

    device: str
    where: Where
    section: str | None
    customers: int
    transformers: tuple[str, ...]
    calls: int


class Feeder(Value):
    """A feeder with the calls from it; sections whose parent is elsewhere begin at the station."""

    sections: tuple[Section, ...]
    transformers: tuple[Transformer, ...]

    @cached_property
    def _known(self) -> dict[str, Section]:
        return {section.id: section for section in self.sections}

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for section in self.sections:
            if section.parent is not None:
                found[section.parent].append(section.id)
        return found

    def up(self, section: str | None) -> tuple[str, ...]:
        """Return a section and those it hangs on, the station's last."""
        found: list[str] = []
        while section in self._known and section not in found:
            found.append(section)
            section = self._known[section].parent
        return tuple(found)

    def down(self, section: str) -> tuple[str, ...]:
        """Return a section and all that hang below it, the nearest first."""
        found = {section: None}
        queue = [section]
        for each in queue:
            new = [child for child in self._children.get(each, ()) if child not in found]
            found.update(dict.fromkeys(new))
            queue.extend(new)
        return tuple(found)

    def below(self, section: str) -> tuple[Transformer, ...]:
        """Return the transformers that are dark when the device of a section is open."""
        dark = set(self.down(section))
        return tuple(each for each in self.transformers if each.section in dark)

    def shared(self) -> str | None:
        """Return the lowest section that all calls hang below; None without calls."""
        paths = [self.up(each.section) for each in self.transformers if each.calls]
        if not paths:
            return None
        common = set(paths[0]).intersection(*paths[1:])
        return next((section for section in paths[0] if section in common), None)

    def suspected(self) -> tuple[str | None, str | None]:
        """Return the section, or else the one transformer, that calls speak for.

        One transformer alone speaks for itself; several speak for what they have in common.
        """
        called = [each for each in self.transformers if each.calls]
        if len(called) == 1:
            return None, called[0].id
        return self.shared(), None


def candidates(feeder: Feeder, also: str | None = None) -> tuple[Candidate, ...]:
    """List what may be open: the suspected first, then upstream, then downstream.

    Upstream goes from near to far; downstream stand the devices below, and the transformers with
    calls. `also` is a device that is listed wherever it stands: it was said to be open.
    """
    section, transformer = feeder.suspected()
    found: list[Candidate | None] = []
    if transformer is not None:
        found.append(of_transformer(feeder, transformer, "suspected"))
        own = next(each.section for each in feeder.transformers if each.id == transformer)
        found.extend(of_section(feeder, each, "upstream") for each in feeder.up(own))
    elif section is not None:
        found.append(of_section(feeder, section, "suspected"))
        found.extend(of_section(feeder, each, "upstream") for each in feeder.up(section)[1:])
        found.extend(of_section(feeder, each, "downstream") for each in feeder.down(section)[1:])
        called = (each.id for each in feeder.transformers if each.calls)
        found.extend(of_transformer(feeder, each, "downstream") for each in called)
    listed = [each for each in found if each is not None]
    if also is not None and also not in {each.device for each in listed}:
        listed.extend(each for each in [anywhere(feeder, also)] if each is not None)
    return tuple(listed)


def anywhere(feeder: Feeder, device: str) -> Candidate | None:
    """Return a device or transformer of the feeder; None when it is not there."""
    section = next((each.id for each in feeder.sections if each.device == device), None)
    if section is not None:
        return of_section(feeder, section, "other")
    return of_transformer(feeder, device, "other")


def of_section(feeder: Feeder, section: str, where: Where) -> Candidate | None:
    """Return the device at the head of a section; None where the network names none."""
    device = next((each.device for each in feeder.sections if each.id == section), None)
    return None if device is None else _held(device, where, section, feeder.below(section))


def of_transformer(feeder: Feeder, transformer: str, where: Where) -> Candidate | None:
    """Return a transformer by itself."""
    own = [each for each in feeder.transformers if each.id == transformer]
    return _held(transformer, where, None, own) if own else None


def _held(device: str, where: Where, section: str | None, dark: Iterable[Transformer]) -> Candidate:
    every = tuple(dark)
    return Candidate(
        device=device,
        where=where,
        section=section,
        customers=sum(each.customers for each in every),
        transformers=tuple(each.id for each in every),
        calls=sum(each.calls for each in every),
    )
