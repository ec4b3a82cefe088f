"""The memory of tiles: bounded, the last used stay, another version is another tile."""

from api.tile_cache import Key, Tile, TileCache, pack
from store.tiles import Spot, Versions


def key(number: int, version: str = "v1", scope: tuple[str, ...] | None = None) -> Key:
    return Key("land", version, Spot(10, number, 0), scope)


def test_what_was_longest_unused_goes_first() -> None:
    cache = TileCache(most_bytes=30)
    for number in (1, 2, 3):
        cache.put(key(number), Tile(b"x" * 10))
    cache.get(key(1))
    cache.put(key(4), Tile(b"x" * 10))

    assert [number for number in range(1, 5) if cache.get(key(number))] == [1, 3, 4]
    assert cache.held_bytes == 30


def test_a_tile_put_again_takes_its_room_once() -> None:
    cache = TileCache(most_bytes=30)
    for size in (10, 20):
        cache.put(key(1), Tile(b"x" * size))

    assert cache.held_bytes == 20


def test_versions_and_scopes_never_share_a_tile() -> None:
    cache = TileCache()
    cache.put(key(1, scope=("jp",)), Tile(b"own"))

    assert cache.get(key(1, scope=("yl",))) is None
    assert cache.get(key(1)) is None
    assert cache.get(key(1, version="v2", scope=("jp",))) is None
    assert cache.get(key(1, scope=("jp",))) == Tile(b"own")


def test_the_same_tile_is_packed_the_same() -> None:
    assert pack(b"tile") == pack(b"tile")
    assert pack(b"tile").plain == b"tile"


def test_what_was_learnt_is_forgotten_on_demand() -> None:
    cache = TileCache()
    assert cache.versions() is None
    cache.learn(Versions("a", "b"))
    assert cache.versions() == Versions("a", "b")
    cache.learn_nothing()
    assert cache.versions() is None
