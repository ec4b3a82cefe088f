"""Reads OpenDSS scripts: the elements of a circuit with their properties, and bus coordinates.

Only what says how a feeder hangs together is taken; electrical values are passed over.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from territory.faults import Fault, Origin

ELEMENTS = {"circuit", "line", "transformer", "load", "reactor", "fuse", "recloser", "relay"}
_WORD = re.compile(r"""([\w%.-]+)\s*=\s*(\([^)]*\)|\[[^\]]*\]|"[^"]*"|'[^']*'|[^\s,]+)""")
_NEW = re.compile(r"^new\s+(?:object\s*=\s*)?(\w+)\.(\S+)\s*(.*)$", re.IGNORECASE)


@dataclass
class Element:
    """One element: its kind, name and properties in small letters, in the order given."""

    kind: str
    name: str
    origin: Origin
    said: list[tuple[str, str]]

    def get(self, name: str) -> str | None:
        """Return the last value of a property."""
        return next((value for key, value in reversed(self.said) if key == name), None)

    def buses(self) -> list[str]:
        """Return the buses it joins, without their phases."""
        listed = self.get("buses")
        if listed is not None:
            return [bus_of(each) for each in re.split(r"[\s,]+", listed.strip("()[] ")) if each]
        return [bus_of(value) for key, value in self.said if key in {"bus", "bus1", "bus2"}]

    @property
    def enabled(self) -> bool:
        """Whether it takes part; a switch that does not is open."""
        return (self.get("enabled") or "yes").lower()[0] in "yt1"

    @property
    def switch(self) -> bool:
        """Whether a line is a switching device."""
        return (self.get("switch") or "no").lower()[0] in "yt1"


@dataclass
class Script:
    """All that was read of a circuit."""

    elements: list[Element] = field(default_factory=list)
    places: dict[str, tuple[float, float]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    seen: set[Path] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)


def bus_of(text: str) -> str:
    """Return a bus without its phases; names do not differ by capitals."""
    return text.strip("\"'").partition(".")[0].lower()


def read_script(master: Path) -> Script:
    """Read a circuit from its master file and the files that it redirects to.

    Where one of those is missing, such as a library of codes, the other scripts of the directory
    are read too: they hold the same elements written out.
    """
    script = Script()
    _read(master, script)
    if script.missing:
        for file in sorted(master.parent.iterdir()):
            if file.suffix.lower() == ".dss" and file.resolve() not in script.seen:
                _read(file, script)
    if not any(each.kind == "circuit" for each in script.elements):
        script.faults.append(Fault("dss_no_circuit", Origin(master.name, 1)))
    return script


def _read(file: Path, script: Script) -> None:
    script.seen.add(file.resolve())
    for number, line in enumerate(file.read_text("utf-8", "replace").splitlines(), 1):
        text = re.split(r"!|//", line, maxsplit=1)[0].strip()
        if not text:
            continue
        origin = Origin(file.name, number)
        verb, _, rest = text.partition(" ")
        new = _NEW.match(text)
        if new is not None:
            kind, name, said = new[1].lower(), new[2].lower(), _words(new[3])
            if kind in ELEMENTS:
                script.elements.append(Element(kind, name, origin, said))
        elif text.startswith(("~", "more ")) and script.elements:
            script.elements[-1].said += _words(text)
        elif verb.lower() in {"redirect", "compile"}:
            _follow(file, rest.strip(" \"'()"), script)
        elif verb.lower() in {"buscoords", "latloncoords"}:
            _places(file, rest.strip(" \"'()"), script, origin)


def _words(text: str) -> list[tuple[str, str]]:
    return [(key.lower(), value.strip("\"'")) for key, value in _WORD.findall(text)]


def _beside(file: Path, name: str) -> Path | None:
    wanted = name.replace("\\", "/").rpartition("/")[2].lower()
    return next((each for each in file.parent.iterdir() if each.name.lower() == wanted), None)


def _follow(file: Path, name: str, script: Script) -> None:
    found = _beside(file, name)
    if found is None:
        script.missing.append(name)
    elif found.resolve() not in script.seen:
        _read(found, script)


def _places(file: Path, name: str, script: Script, origin: Origin) -> None:
    found = _beside(file, name)
    if found is None:
        script.faults.append(Fault("dss_missing", origin, params={"name": name}))
        return
    script.seen.add(found.resolve())
    for number, line in enumerate(found.read_text("utf-8", "replace").splitlines(), 1):
        parts = re.split(r"[\s,]+", re.split(r"!|//", line, maxsplit=1)[0].strip())
        if len(parts) < 3:
            continue
        try:
            script.places[bus_of(parts[0])] = float(parts[1]), float(parts[2])
        except ValueError:
            params = {"value": " ".join(parts[1:3]), "wanted": "x, y"}
            script.faults.append(
                Fault("dss_bad_value", Origin(found.name, number), parts[0], None, params)
            )
