"""Ports that are chosen once and kept, so that a restarted server is found where it was."""

import json
import random
import socket
import time
from pathlib import Path

from relight.servers.files import replace_text

# Below the range from which the system picks ports for outgoing connections: a client that keeps
# calling a dead local server there would sooner or later connect to itself and hold the port.
LOWEST, HIGHEST = 15_000, 32_000
LET_GO_WITHIN_S = 3.0
LOOPBACK = "127.0.0.1"


class NoFreePort(Exception):  # noqa: N818 - read as a sentence
    """Every port tried is taken."""


def is_free(port: int) -> bool:
    """Say whether a server could listen on this local port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def answers(host: str, port: int, timeout_s: float = 0.5) -> bool:
    """Say whether something accepts connections there."""
    try:
        with socket.create_connection((host, port), timeout_s):
            return True
    except OSError:
        return False


def free_port() -> int:
    """Return a local port nobody listens on."""
    for _ in range(200):
        port = random.SystemRandom().randint(LOWEST, HIGHEST)
        if is_free(port):
            return port
    raise NoFreePort(f"200 ports tried between {LOWEST} and {HIGHEST}, all taken")


def _wait_until_free(port: int) -> None:
    """Give a server that was just killed a moment to let go of its port."""
    latest = time.monotonic() + LET_GO_WITHIN_S
    while not is_free(port) and time.monotonic() < latest:
        time.sleep(0.05)


class KeptPorts:
    """The ports of one installation, written to a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def port(self, name: str, wish: int | None = None) -> int:
        """Return the port kept under `name`, or choose one; another if it is taken meanwhile."""
        kept = self._read()
        port = kept.get(name, wish)
        if name in kept:
            _wait_until_free(kept[name])
        others = {number for owner, number in kept.items() if owner != name}
        while port is None or port in others or not is_free(port):
            port = free_port()
        if kept.get(name) != port:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            replace_text(self.file, json.dumps(kept | {name: port}, indent=1))
        return port

    def _read(self) -> dict[str, int]:
        try:
            kept = json.loads(self.file.read_text())
        except (OSError, ValueError):
            return {}
        return {str(name): int(port) for name, port in kept.items()}
