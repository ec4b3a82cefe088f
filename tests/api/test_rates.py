"""How often somebody may do something, and by which address they are counted."""

import asyncio
from typing import Any

import pytest
import uvicorn

from api.limits import Limiter, Rate, address_of, is_this_machine, retry_after
from relight.api_process import listening
from relight.settings import Settings

PROXY, STRANGER = "10.0.0.7", "198.51.100.9"
FORWARDED = [(b"x-forwarded-for", b"203.0.113.5, 192.0.2.44")]


def test_there_is_room_for_so_many_and_each_name_has_its_own() -> None:
    limiter, rate = Limiter(), Rate(3, 60)
    room = [limiter.full(rate, "sign_in", "a")] + [
        limiter.hit(rate, "sign_in", "a") for _ in range(3)
    ]
    wait = limiter.hit(rate, "sign_in", "a")

    assert room == [None] * 4
    assert wait is not None
    assert 0 < wait <= 60
    assert limiter.full(rate, "sign_in", "a") is not None
    assert limiter.full(rate, "sign_in", "b") is None
    assert limiter.hit(rate, "reports", "a") is None


async def test_whoever_waits_as_long_as_told_is_let_in_however_often_they_asked_before() -> None:
    limiter, rate = Limiter(), Rate(1, 1)
    limiter.hit(rate, "a")
    waits = [limiter.hit(rate, "a") for _ in range(50)]
    await asyncio.sleep((waits[-1] or 0) + 0.01)

    assert None not in waits
    assert limiter.hit(rate, "a") is None


@pytest.mark.parametrize(("seconds", "written"), [(0.0, "1"), (1.2, "2"), (59.0, "59")])
def test_retry_after_is_never_too_early(seconds: float, written: str) -> None:
    assert retry_after(seconds) == written


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("testclient", "testclient"),
    ],
)
def test_a_household_counts_as_one_address(host: str, counted: str) -> None:
    assert address_of({"client": (host, 1)}) == counted


def test_the_machine_itself_is_known() -> None:
    own = [address_of({"client": (host, 1)}) for host in ("127.0.0.1", "127.9.9.9", "::1")]

    assert all(is_this_machine(address) for address in own)
    assert not is_this_machine(address_of({"client": (STRANGER, 1)}))


@pytest.mark.parametrize(
    ("proxies", "peer", "counted"),
    [
        (None, PROXY, PROXY),
        (None, "127.0.0.1", "127.0.0.1"),
        ("10.0.0.0/8", STRANGER, STRANGER),
        ("10.0.0.0/8", PROXY, "192.0.2.44"),
        ("10.0.0.0/8,192.0.2.44", PROXY, "203.0.113.5"),
    ],
)
async def test_only_a_trusted_proxy_is_believed_and_only_its_own_word(
    proxies: str | None, peer: str, counted: str
) -> None:
    seen: list[str] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(address_of(scope))

    settings = Settings(trusted_proxies=proxies)
    config = uvicorn.Config(app, lifespan="off", **listening(settings))
    config.load()
    scope = {"type": "http", "client": (peer, 4711), "scheme": "http", "headers": FORWARDED}
    await config.loaded_app(scope, None, None)  # type: ignore[arg-type]

    assert seen == [counted]
