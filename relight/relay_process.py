"""`relight relay`: carries stored facts to the workflows; the api may wake it by a datagram."""

import asyncio
import os
from collections.abc import Callable

import typer

from activities.relay import AT_ONCE, Relay
from relight.long_process import Process, reach_temporal, run_process


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("relay")
    def relay_command() -> None:
        """Carry stored facts to the workflows until told to end."""
        run_process("relay", _run)


async def _run(process: Process) -> None:
    engine = process.database(AT_ONCE, "relay")
    client = await reach_temporal(process)
    relay = Relay(
        engine,
        client,
        name=f"relay/{os.getpid()}",
        tracer=process.telemetry.tracer,
        meter=process.telemetry.meter,
    )
    port = process.settings.relay_poke_port
    if port is not None:
        await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Poked(relay.poke), local_addr=("127.0.0.1", port)
        )
    carrying = asyncio.create_task(relay.run())
    told = asyncio.create_task(process.ending.wait())
    process.announce("relay")
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
