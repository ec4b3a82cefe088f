"""Temporal's dev server on a file: started, killed, and found again at its port with its data."""

import contextlib
import signal
import time
from pathlib import Path

from temporalio.service import RPCError

from relight.servers.child import Child, ChildFailed
from relight.servers.namespace import NamespaceState, ask, prepare_namespace
from relight.servers.ports import LOOPBACK, KeptPorts, answers
from relight.servers.programs import find_program

READY_WITHIN_S = 60.0
REPORT_STUCK_AFTER = "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute"


class TemporalServer:
    """One dev server; with `screen` it also serves Temporal's own web pages."""

    def __init__(
        self,
        home: Path,
        *,
        ports: KeptPorts | None = None,
        namespace: str = "relight",
        screen: bool = False,
        log: Path | None = None,
    ) -> None:
        self.home = home.absolute()
        self.namespace = namespace
        self.screen = screen
        self.log = log or self.home / "temporal.log"
        self.ports = ports or KeptPorts(self.home / "ports.json")
        self.port = 0
        self.screen_port: int | None = None
        self._child = Child(
            name="temporal",
            command=(),
            log=self.log,
            pid_file=self.home / "temporal.pid",
            directory=self.home,
            ending=signal.SIGTERM,
            patience_s=30,
        )

    @property
    def address(self) -> str:
        """Host and port for clients."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def screen_url(self) -> str | None:
        """The address of Temporal's own web pages."""
        return f"http://{LOOPBACK}:{self.screen_port}" if self.screen_port else None

    @property
    def pid(self) -> int | None:
        """The number of the running server."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether the server runs."""
        return self._child.alive

    def start(self) -> str:
        """Start the server, make its namespace ready, and return its address."""
        if self.alive:
            return self.address
        self.home.mkdir(parents=True, exist_ok=True)
        self._child.end_leftover()
        self.port = self.ports.port("temporal")
        self.screen_port = self.ports.port("temporal_screen") if self.screen else None
        self._child.command = self._command()
        self._child.start()
        self._wait()
        return self.address

    def stop(self) -> None:
        """End the server cleanly."""
        self._child.stop()

    def end_leftover(self) -> bool:
        """End a server that a killed supervisor left behind; say whether one ran."""
        return self._child.end_leftover()

    def kill(self) -> None:
        """Kill the server as a crash would."""
        self._child.kill()

    def _command(self) -> list[str]:
        command = [str(find_program()), "server", "start-dev", "--ip", LOOPBACK]
        command += ["--port", str(self.port), "--namespace", self.namespace]
        command += ["--db-filename", str(self.home / "temporal.db"), "--log-level", "warn"]
        # The file database is six times slower without these, and a crash of the process (though
        # not of the machine) loses nothing with them.
        command += ["--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=off"]
        # A workflow whose code fails is listed as such at its second failure; `doctor` counts them.
        command += ["--dynamic-config-value", f"{REPORT_STUCK_AFTER}=2"]
        if self.screen_port:
            return [*command, "--ui-port", str(self.screen_port)]
        return [*command, "--headless"]

    def _wait(self) -> NamespaceState:
        child = self._child
        latest = time.monotonic() + READY_WITHIN_S
        while child.alive and time.monotonic() < latest:
            if answers(LOOPBACK, self.port):
                with contextlib.suppress(RPCError, RuntimeError, TimeoutError):
                    state = ask(prepare_namespace(self.address, self.namespace), timeout_s=20)
                    if state.ready:
                        return state
            time.sleep(0.05)
        words = child.last_words()
        child.stop()
        raise ChildFailed(f"Temporal is not ready after {READY_WITHIN_S:.0f} s:\n{words}")
