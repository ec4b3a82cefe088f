"""Tiles that were drawn, kept in the memory of a process, the last ones used, up to a size."""

import gzip
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import NamedTuple

from store.tile_layers import Kind
from store.tiles import Spot, Versions

MOST_BYTES = 64 * 2**20
LOOK_EVERY_S = 5.0
"""So long a new land or network may go unseen."""


class Key(NamedTuple):
    """What a tile is drawn of: another version is another tile."""

    kind: Kind
    version: str
    spot: Spot
    scope: tuple[str, ...] | None


class Tile(NamedTuple):
    """A tile as it is sent, and as it is sent to those who cannot unpack."""

    packed: bytes

    @property
    def plain(self) -> bytes:
        """Return it unpacked."""
        return gzip.decompress(self.packed)


def pack(drawn: bytes) -> Tile:
    """Return a tile as it is kept; the same bytes always give the same."""
    return Tile(gzip.compress(drawn, 6, mtime=0))


@dataclass
class TileCache:
    """The tiles of one process."""

    most_bytes: int = MOST_BYTES
    held_bytes: int = 0
    _tiles: OrderedDict[Key, Tile] = field(default_factory=OrderedDict)
    _versions: tuple[float, Versions] | None = None

    def versions(self) -> Versions | None:
        """Return what the tiles are drawn from, when that was looked up a moment ago."""
        known = self._versions
        fresh = known is not None and time.monotonic() - known[0] < LOOK_EVERY_S
        return known[1] if known is not None and fresh else None

    def learn(self, versions: Versions) -> None:
        """Remember what was looked up just now."""
        self._versions = (time.monotonic(), versions)

    def learn_nothing(self) -> None:
        """Let the next one look again."""
        self._versions = None

    def get(self, key: Key) -> Tile | None:
        """Return a tile, which is then the last one to be let go."""
        tile = self._tiles.get(key)
        if tile is not None:
            self._tiles.move_to_end(key)
        return tile

    def put(self, key: Key, tile: Tile) -> None:
        """Keep a tile; the ones longest unused go when there is no room."""
        before = self._tiles.pop(key, None)
        self._tiles[key] = tile
        self.held_bytes += len(tile.packed) - (len(before.packed) if before else 0)
        while self.held_bytes > self.most_bytes and len(self._tiles) > 1:
            _, gone = self._tiles.popitem(last=False)
            self.held_bytes -= len(gone.packed)
