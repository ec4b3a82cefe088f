"""All parts of one installation by name: start, stop, kill and find each of them alone."""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from relight.parts import PARTS, PROCESSES, SERVERS
from relight.readiness import is_ready
from relight.servers.child import Child, ChildFailed
from relight.servers.files import replace_text
from relight.servers.ports import KeptPorts, answers
from relight.servers.postgres import PostgresServer
from relight.servers.temporal import TemporalServer
from relight.settings import CODE, PREFIX, TEST_VARIABLES, Settings, as_environment

__all__ = ["PARTS", "PROCESSES", "SERVERS", "NotOurs", "Stack"]

USUAL_API_PORT = 8420
READY_WITHIN_S = 180.0


class NotOurs(Exception):  # noqa: N818 - read as a sentence
    """The part was given by its address; it is not ours to start or end."""


class Stack:
    """Two servers and four processes under one directory.

    Servers whose addresses are set are used where they are. `settings` is complete once the
    servers run; `commands` replaces the command of a process, which tests use to break one.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        durable: bool = True,
        screen: bool = False,
        commands: Mapping[str, list[str]] | None = None,
    ) -> None:
        home = settings.state_dir
        self.settings = settings
        self.ports = KeptPorts(home / "ports.json")
        self.postgres = self.temporal = None
        if settings.database_url is None:
            self.postgres = PostgresServer(
                home / "postgres", ports=self.ports, durable=durable, log=self.log("postgres")
            )
        if settings.temporal_address is None:
            self.temporal = TemporalServer(
                home / "temporal",
                ports=self.ports,
                namespace=settings.temporal_namespace,
                screen=screen,
                log=self.log("temporal"),
            )
        self._commands = dict(commands or {})
        self._children: dict[str, Child] = {}
        self._closing = False

    def log(self, name: str) -> Path:
        """Return the log file of a part."""
        return self.settings.state_dir / "logs" / f"{name}.log"

    def start(self, name: str, variables: Mapping[str, str] | None = None) -> int | None:
        """Start a part unless it runs; a server is ready when this returns.

        `variables` are given to a process besides the settings, this time only.
        """
        if self._closing:
            return None
        if name == "postgres":
            if self.postgres is not None:
                self._resolve(database_url=self.postgres.start())
            return self.pid(name)
        if name == "temporal":
            if self.temporal is not None:
                self._resolve(temporal_address=self.temporal.start())
            return self.pid(name)
        child = self._child(name)
        if not child.alive:
            child.environment = self._environment() | dict(variables or {})
        return child.start()

    def stop(self, name: str) -> None:
        """End a part cleanly."""
        part = self._part(name)
        if part is not None:
            part.stop()

    def kill(self, name: str) -> None:
        """Kill a part as `kill -9` does, and return when it is gone."""
        part = self._part(name)
        if part is None:
            raise NotOurs(f"{name} was given by its address and is not ours to kill.")
        part.kill()

    def restart(self, name: str) -> int | None:
        """End a part cleanly and start it again."""
        self.stop(name)
        return self.start(name)

    def pid(self, name: str) -> int | None:
        """Return the number of a running part of ours."""
        part = self._part(name)
        return part.pid if part else None

    def alive(self, name: str) -> bool:
        """Say whether a part runs; one given by its address is taken to."""
        part = self._part(name)
        return part.alive if part else name in SERVERS

    def exit_code(self, name: str) -> int | None:
        """Return how a process ended; negative for a signal."""
        part = self._part(name)
        return part.exit_code if isinstance(part, Child) else None

    def start_servers(self) -> Settings:
        """Start both servers, choose the remaining ports, and return the complete settings."""
        for name in SERVERS:
            self.start(name)
        self._resolve(
            api_port=self.settings.api_port or self.ports.port("api", USUAL_API_PORT),
            relay_poke_port=self.settings.relay_poke_port or self.ports.port("relay_poke"),
        )
        return self.settings

    def start_all(self, prepare: Callable[[Settings], object] | None = None) -> Settings:
        """Start the servers, let `prepare` migrate and fill, then start the processes."""
        settings = self.start_servers()
        if prepare is not None:
            prepare(settings)
        for name in PROCESSES:
            self.start(name)
        return settings

    def wait_ready(self, name: str, timeout_s: float = READY_WITHIN_S) -> None:
        """Return when a process does its work; fail with its last words when it does not."""
        latest = time.monotonic() + timeout_s
        while time.monotonic() < latest:
            if not self.alive(name):
                break
            if name in SERVERS or self._is_ready(name):
                return
            time.sleep(0.05)
        part = self._part(name)
        words = part.last_words() if isinstance(part, Child) else ""
        raise ChildFailed(f"{name} is not ready after {timeout_s:.0f} s:\n{words}")

    def close(self) -> None:
        """End every part cleanly, the processes before the servers; none starts again."""
        self._closing = True
        self.settings.addresses_file.unlink(missing_ok=True)
        for child in self._children.values():
            child.ask_to_end()
        for name in reversed(PARTS):
            self.stop(name)

    def end_leftovers(self) -> list[str]:
        """End what an earlier, killed supervisor left running, and say which parts those were."""
        found = []
        for name in reversed(PARTS):
            part = self._part(name)
            if part is not None and part.end_leftover():
                found.append(name)
        return found

    def _is_ready(self, name: str) -> bool:
        settings = self.settings
        if name == "api" and settings.api_port is not None:
            return answers(settings.api_host, settings.api_port)
        return is_ready(settings.run_dir, name, self.pid(name))

    def _part(self, name: str) -> PostgresServer | TemporalServer | Child | None:
        if name == "postgres":
            return self.postgres
        return self.temporal if name == "temporal" else self._child(name)

    def _child(self, name: str) -> Child:
        if name not in PROCESSES:
            raise KeyError(f"There is no part {name}; there are {', '.join(PARTS)}.")
        if name not in self._children:
            self._children[name] = Child(
                name=name,
                command=(),
                log=self.log(name),
                pid_file=self.settings.run_dir / f"{name}.pid",
                directory=CODE,
            )
        child = self._children[name]
        if not child.alive:
            child.command = self._commands.get(name, [sys.executable, "-m", "relight", name])
        return child

    def _environment(self) -> dict[str, str]:
        passed_on = {
            name: text
            for name, text in os.environ.items()
            if name in TEST_VARIABLES or not name.startswith(PREFIX)
        }
        return passed_on | as_environment(self.settings)

    def _resolve(self, **addresses: object) -> None:
        """Complete the settings and write the addresses down for other commands to find."""
        self.settings = self.settings.model_copy(update=addresses)
        known = {
            name: getattr(self.settings, name)
            for name in ("database_url", "temporal_address", "api_port", "relay_poke_port")
        }
        self.settings.state_dir.mkdir(parents=True, exist_ok=True)
        found = {name: value for name, value in known.items() if value is not None}
        replace_text(self.settings.addresses_file, json.dumps(found, indent=1), mode=0o600)
