"""Waking the relay after a commit: one datagram, best effort; the relay polls anyway."""

import contextlib
import socket


class Poke:
    """Sends datagrams to the relay's port on this machine, or nothing without a port."""

    def __init__(self, port: int | None) -> None:
        self._to = ("127.0.0.1", port) if port else None
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM) if port else None
        if self._socket is not None:
            self._socket.setblocking(False)

    def __call__(self) -> None:
        """Wake the relay; that nobody listens is no error."""
        if self._socket is not None and self._to is not None:
            with contextlib.suppress(OSError):
                self._socket.sendto(b"!", self._to)

    def close(self) -> None:
        """Give the socket back."""
        if self._socket is not None:
            self._socket.close()
