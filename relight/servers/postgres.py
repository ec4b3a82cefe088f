"""A private PostGIS cluster in a directory, reached on a local port with a password."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from relight.servers.child import Child, ChildFailed, end_by_number
from relight.servers.files import replace_text
from relight.servers.identity import birth, command_line
from relight.servers.ports import LOOPBACK, KeptPorts
from relight.servers.postgis_programs import find_programs
from relight.servers.server_user import server_owner, settle

ROLE = "relight"
READY_WITHIN_S = 120.0
LONGEST_SOCKET_PATH = 90


class PostgresServer:
    """One cluster: made when absent, started, stopped, killed, and found again at its port.

    `durable=False` trades the promise to survive a power cut for speed: for tests only.
    """

    def __init__(
        self,
        home: Path,
        *,
        ports: KeptPorts | None = None,
        database: str = "relight",
        durable: bool = True,
        log: Path | None = None,
    ) -> None:
        self.home = home.absolute()
        self.database = database
        self.durable = durable
        self.log = log or self.home / "postgres.log"
        self.ports = ports or KeptPorts(self.home / "ports.json")
        self.port = 0
        self._child = Child(
            name="postgres",
            command=(),
            log=self.log,
            pid_file=self.home / "postgres.pid",
            directory=self.home,
            ending=signal.SIGINT,
            patience_s=30,
        )

    @property
    def url(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.url_of(self.database)

    def url_of(self, database: str) -> str:
        """Return the SQLAlchemy address of another database of this cluster."""
        return f"postgresql+psycopg://{ROLE}:{self._password()}@{LOOPBACK}:{self.port}/{database}"

    @property
    def pid(self) -> int | None:
        """The number of the running postmaster."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether the postmaster runs."""
        return self._child.alive

    def start(self) -> str:
        """Start the cluster, make the database when absent, and return its address."""
        if self.alive:
            return self.url
        owner = server_owner()
        cluster = settle(self.home, owner)
        data = cluster / "data"
        version = data / "PG_VERSION"
        programs = find_programs(int(version.read_text()) if version.exists() else None)
        self._child.directory, self._child.owner = cluster, owner
        if not version.exists():
            self._make_cluster(cluster, programs.programs / "initdb", owner)
        self._child.end_leftover()
        clear_lock(data)
        self._run_until_ready(programs.programs / "postgres", cluster, data)
        self._make_database()
        return self.url

    def stop(self) -> None:
        """Shut the cluster down cleanly."""
        self._child.stop()

    def end_leftover(self) -> bool:
        """End a server that a killed supervisor left behind; say whether one ran."""
        return self._child.end_leftover()

    def kill(self) -> None:
        """Kill the postmaster as a crash would."""
        self._child.kill()

    def _password(self) -> str:
        return (self.home / "password").read_text()

    def _make_cluster(self, cluster: Path, initdb: Path, owner: tuple[int, int] | None) -> None:
        password = secrets.token_urlsafe(24)
        replace_text(self.home / "password", password, mode=0o600)
        draft, word = cluster / "draft", cluster / "word"
        if draft.exists():
            shutil.rmtree(draft)
        replace_text(word, password, mode=0o600)
        if owner:
            os.chown(word, *owner)
        command = [str(initdb), "-D", str(draft), "-U", ROLE, f"--pwfile={word}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-instructions"]
        if not self.durable:
            command.append("--no-sync")
        made = subprocess.run(
            command,
            cwd=cluster,
            user=owner and owner[0],
            group=owner and owner[1],
            extra_groups=owner and [],
            capture_output=True,
            text=True,
            check=False,
        )
        word.unlink()
        if made.returncode:
            raise ChildFailed(f"initdb could not make {draft}:\n{made.stderr.strip()}")
        draft.rename(cluster / "data")

    def _run_until_ready(self, server: Path, cluster: Path, data: Path) -> None:
        child = self._child
        latest = time.monotonic() + READY_WITHIN_S
        while True:
            self.port = self.ports.port("postgres")
            child.command = [str(server), "-D", str(data), *self._options(cluster)]
            child.start()
            while child.alive:
                if self._accepts():
                    return
                if time.monotonic() > latest:
                    child.stop()
                    raise ChildFailed(f"PostgreSQL is not ready; see {self.log}.")
                time.sleep(0.03)
            # After a kill the old backends need a moment to see that their postmaster is gone,
            # and until then the shared memory is theirs.
            if time.monotonic() > latest or "still in use" not in child.last_words():
                raise ChildFailed(f"PostgreSQL did not start:\n{child.last_words()}")
            time.sleep(0.2)

    def _options(self, cluster: Path) -> list[str]:
        socket = str(cluster) if len(str(cluster)) < LONGEST_SOCKET_PATH else ""
        settings = {
            "listen_addresses": LOOPBACK,
            "port": self.port,
            "unix_socket_directories": socket,
            "max_connections": 200,
            "shared_buffers": "256MB",
            "max_wal_size": "4GB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "jit": "off",
            "random_page_cost": "1.1",
        }
        if not self.durable:
            # Commits are still written out one by one: what was committed survives a kill.
            settings |= {"fsync": "off", "full_page_writes": "off"}
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def _connect(self, database: str) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host=LOOPBACK,
            port=self.port,
            user=ROLE,
            password=self._password(),
            dbname=database,
            connect_timeout=5,
            autocommit=True,
        )

    def _accepts(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError), self._connect("postgres"):
            return True
        return False

    def _make_database(self) -> None:
        with self._connect("postgres") as connection:
            there = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [self.database]
            ).fetchone()
            if there is None:
                connection.execute(f'CREATE DATABASE "{self.database}"'.encode())
        with self._connect(self.database) as connection:
            connection.execute("SET client_min_messages = warning")
            connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")


def clear_lock(data: Path) -> None:
    """Make way for a start: end a postmaster nobody watches, drop the lock of a dead one.

    PostgreSQL itself drops the lock of a number that no longer runs, but not of a number that
    another program was given since.
    """
    lock = data / "postmaster.pid"
    try:
        pid = int(lock.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return
    mark = birth(pid)
    if mark is not None and str(data) in command_line(pid):
        end_by_number(pid, mark, signal.SIGINT, 30)
    elif mark is not None:
        lock.unlink(missing_ok=True)
