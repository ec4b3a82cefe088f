"""`relight relay`: carries stored facts to the workflows; the api may wake it by a datagram."""

import asyncio
import os
from collections.abc import Callable

import typer

from activities.relay import AT_ONCE, Relay
from relight.long_process import announce, reach_temporal, run_process
from relight.settings import Settings
from store.engine import connect


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("relay")
    def relay_command() -> None:
        """Carry stored facts to the workflows until told to end."""
        run_process("relay", _run)


async def _run(settings: Settings, ending: asyncio.Event) -> None:
    engine = connect(settings.database_url or "", connections=AT_ONCE, name="relay")
    client = await reach_temporal(settings, ending)
    relay = Relay(engine, client, name=f"relay/{os.getpid()}")
    if settings.relay_poke_port is not None:
        await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Poked(relay.poke), local_addr=("127.0.0.1", settings.relay_poke_port)
        )
    carrying = asyncio.create_task(relay.run())
    told = asyncio.create_task(ending.wait())
    announce(settings, "relay")
    await asyncio.wait({carrying, told}, return_when=asyncio.FIRST_COMPLETED)
    carrying.cancel()
    if carrying.done() and not carrying.cancelled():
        carrying.result()


class _Poked(asyncio.DatagramProtocol):
    """Hears that something was stored; what the datagram says does not matter."""

    def __init__(self, poke: Callable[[], None]) -> None:
        self._poke = poke

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Wake the relay."""
        self._poke()
