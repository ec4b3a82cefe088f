"""How large an invented land is."""

from dataclasses import dataclass
from typing import Literal

SizeName = Literal["small", "full"]


@dataclass(frozen=True)
class Size:
    """The measures of an invented land, in metres and counts."""

    half_width_m: float
    half_height_m: float
    # The city's ring road; its built-up ground reaches a third further.
    ring_m: float
    boulevards: int
    block_m2: float
    town_m: float
    towns: int
    villages: int
    valley_hamlets: int
    cell_m: float


SIZES: dict[SizeName, Size] = {
    "small": Size(6_500.0, 5_000.0, 560.0, 5, 13_000.0, 210.0, 2, 6, 2, 250.0),
    "full": Size(31_000.0, 23_000.0, 2_450.0, 7, 15_500.0, 620.0, 5, 44, 8, 400.0),
}
