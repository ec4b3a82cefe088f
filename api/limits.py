"""How often somebody may do something: rates in moving windows, kept in this process.

Everybody who counts by address asks `address_of`: behind a trusted proxy the server has already
put the client's address there, and nobody else's word for it is taken.
"""

import ipaddress
import math
import time
from dataclasses import dataclass
from functools import lru_cache

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.types import Scope

IPV6_HOUSEHOLD = 64
"""A household is given this many bits of an IPv6 address; the rest it chooses freely."""


@dataclass(frozen=True)
class Rate:
    """So many times in so many seconds."""

    times: int
    seconds: int


class Limiter:
    """Counts by name and tells when there was enough; forgets what is older than its window."""

    def __init__(self) -> None:
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    def hit(self, rate: Rate, *who: str) -> float | None:
        """Count one time more, or return the seconds until there is room; a refusal is not counted.

        `who` names what is counted and for whom, as in `("sign_in", address)`.
        """
        if self._windows.hit(_item(rate), *who):
            return None
        return self._until_free(rate, who)

    def full(self, rate: Rate, *who: str) -> float | None:
        """Return the seconds until there is room, None while there is; counts nothing."""
        if self._windows.test(_item(rate), *who):
            return None
        return self._until_free(rate, who)

    def _until_free(self, rate: Rate, who: tuple[str, ...]) -> float:
        reset = self._windows.get_window_stats(_item(rate), *who).reset_time
        return max(0.0, reset - time.time())


def retry_after(seconds: float) -> str:
    """Write a Retry-After header: whole seconds, never too early."""
    return str(max(1, math.ceil(seconds)))


def address_of(scope: Scope) -> str:
    """Return who is counted as one address: an IPv4 address, or the network of a household."""
    client = scope.get("client")
    return _household(client[0][:64]) if client else ""


def is_this_machine(address: str) -> bool:
    """Tell whether an address is the machine's own: its tools, or a proxy nobody has named."""
    return address in ("", "::/64") or address.startswith("127.")


@lru_cache(maxsize=4096)
def _household(host: str) -> str:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), IPV6_HOUSEHOLD), strict=False))


@lru_cache(maxsize=64)
def _item(rate: Rate) -> RateLimitItemPerSecond:
    return RateLimitItemPerSecond(rate.times, rate.seconds)
