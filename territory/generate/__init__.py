"""Invents a land: the same seed and size always give the same file."""

from hashlib import sha256
from pathlib import Path

import numpy as np

from territory.generate.bridges import bridged
from territory.generate.frame import Frame
from territory.generate.land import draw
from territory.generate.names import NameBook
from territory.generate.sizes import SIZES, SizeName
from territory.generate.weave import weave
from territory.generate.write import drawn, save

__all__ = ["SIZES", "SizeName", "edition", "generate"]


def generate(seed: int, file: Path, size: SizeName = "full") -> None:
    """Write the invented land of a seed as an .osm.pbf file."""
    measures, frame = SIZES[size], Frame()
    draft = draw(seed, measures)
    water = next(each.outline for each in draft.shapes if each.tags.get("water") == "river")
    woven = bridged(weave(draft.lines), water, NameBook(seed, "bridges"))
    sheet = drawn(draft, woven, frame)
    half = np.array([measures.half_width_m, measures.half_height_m])
    save(sheet, file, frame.degrees(np.array([-half, half])), f"seed={seed} size={size}")


def edition() -> str:
    """Name this generator by its own text: another edition may draw another land."""
    texts = (file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py")))
    return sha256(b"\0".join(texts)).hexdigest()[:12]
