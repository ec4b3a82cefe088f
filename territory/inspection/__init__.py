"""Looking a network over: everything that is wrong with it, all at once."""

from collections.abc import Mapping, Sequence

from territory.faults import Fault, Origin
from territory.inspection.look import Look
from territory.inspection.places import look_at_areas, look_at_places
from territory.inspection.rows import look_at_ids, look_at_references, look_at_values
from territory.inspection.tree import look_at_devices, look_at_tree
from territory.network import Network

LOOKS = (
    look_at_ids, look_at_values, look_at_references, look_at_tree, look_at_devices, look_at_areas,
    look_at_places,
)  # fmt: skip


def check(
    network: Network,
    origins: Mapping[str, Sequence[Origin]] | None = None,
    unread: Mapping[str, set[str]] | None = None,
) -> list[Fault]:
    """Return every fault of a network, in the order of its rows; none means that it is sound.

    `origins` says where each row was read. `unread` holds the ids of rows that could not be read:
    others may point to them without being at fault for it.
    """
    look = Look(network, origins or {}, unread or {})
    for each in LOOKS:
        each(look)
    return look.sorted_faults()
