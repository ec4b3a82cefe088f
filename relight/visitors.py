"""A server without a door: it serves the connections that the doorkeeper hands over."""

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import uvicorn

AT_ONCE = 64
ABANDONED = 1
SAID_BYTES = 16


class Visitors(uvicorn.Server):
    """Serves what comes over a line, and ends when the doorkeeper is gone.

    `waiting` is told how many wait at the door behind those who came in.
    """

    def __init__(
        self, config: uvicorn.Config, line: socket.socket, waiting: Callable[[int], object]
    ) -> None:
        super().__init__(config)
        self._line = line
        self._waiting = waiting
        self._coming: set[asyncio.Task[Any]] = set()
        self._left = 0

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start without a door and say so; then wait for the first visitor."""
        await super().startup(sockets=sockets or [])
        if self.should_exit:
            return
        self._line.setblocking(False)
        asyncio.get_running_loop().add_reader(self._line, self._welcome)
        self._line.send(b"ready")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let nobody in any more and finish with those who are here."""
        asyncio.get_running_loop().remove_reader(self._line)
        await super().shutdown(sockets=sockets)

    def _welcome(self) -> None:
        for _ in range(AT_ONCE):
            try:
                said, numbers, _, _ = socket.recv_fds(self._line, SAID_BYTES, 1)
            except BlockingIOError:
                return
            except OSError:
                said, numbers = b"", []
            if not said:
                # The doorkeeper was killed: whoever starts it anew starts us too.
                os._exit(ABANDONED)
            self._waiting(int(said))
            for number in numbers:
                self._let_in(socket.socket(fileno=number))

    def _let_in(self, visitor: socket.socket) -> None:
        visitor.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        coming = asyncio.get_running_loop().create_task(self._serve_visitor(visitor))
        self._coming.add(coming)
        coming.add_done_callback(self._coming.discard)

    async def _serve_visitor(self, visitor: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_accepted_socket(self._protocol, visitor)
        except OSError:
            visitor.close()
            self._tell_one_left()

    def _protocol(self) -> asyncio.Protocol:
        kind: Any = self.config.http_protocol_class
        protocol: asyncio.Protocol = kind(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        end = protocol.connection_lost

        def connection_lost(fault: Exception | None) -> None:
            end(fault)
            self._tell_one_left()

        protocol.connection_lost = connection_lost  # type: ignore[method-assign, assignment]
        return protocol

    def _tell_one_left(self) -> None:
        self._left += 1
        with suppress(BlockingIOError):  # told with the next one then
            self._line.send(str(self._left).encode())
            self._left = 0
