"""The composition's own commands, settings and health checks, run from the wheel without Docker."""

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import create_engine, make_url

from relight.parts import PROCESSES
from relight.servers.ports import free_port, is_free
from relight.servers.temporal import TemporalServer
from relight.settings import CODE
from store import migrate
from tests.conftest import MakeDatabase

pytestmark = [pytest.mark.timeout(300), pytest.mark.servers, pytest.mark.xdist_group("wheel")]

SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((CODE / "docker-compose.yml").read_text())[
    "services"
]
IMAGE = dict(re.findall(r"\b(RELIGHT_\w+)=(\S+)", (CODE / "Dockerfile").read_text()))
GIVEN = {"RELIGHT_PUBLIC_URL": "https://relight.example"}
WITHIN_S = 120


class Container:
    """One service of the composition, with this machine's places instead of the container's."""

    def __init__(self, name: str, programs: Path, home: Path, places: dict[str, str]) -> None:
        self.service, self.places, self.programs = SERVICES[name], places, programs
        self.log = home / f"{name}.log"
        settings = IMAGE | self.service["environment"]
        self.environment = {key: self.here(str(value)) for key, value in settings.items()}
        # Only of this test: the servers are shared with others.
        self.environment |= {"RELIGHT_TEMPORAL_NAMESPACE": "composed"}
        self.environment |= {"PATH": f"{programs}:{os.environ['PATH']}"}
        self.process: subprocess.Popen[bytes] | None = None

    def here(self, text: str) -> str:
        """Fill the variables in, and say every place as it is called here."""
        text = re.sub(r"\$\{(\w+)(?::[-?]([^}]*))?\}", lambda m: GIVEN.get(m[1], m[2]), text)
        # All at once: a free port may have another place's number in it.
        there = "|".join(map(re.escape, self.places))
        return re.sub(there, lambda m: self.places[m[0]], text)

    def start(self) -> "subprocess.Popen[bytes]":
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [self.programs / "relight", *self.service["command"]],
                cwd=self.log.parent, env=self.environment, stdout=log, stderr=log,
            )  # fmt: skip
        return self.process

    def is_healthy(self) -> bool:
        kind, *words = self.service["healthcheck"]["test"]
        assert kind == "CMD"
        command = [self.here(word) for word in words]
        asked = subprocess.run(command, env=self.environment, capture_output=True, check=False)
        return asked.returncode == 0

    def said(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="relight-composed-") as name:
        yield Path(name)


@pytest.fixture
def places(make_database: MakeDatabase, temporal_dev: TemporalServer, home: Path) -> dict[str, str]:
    """What the containers' places are called here, around a database that holds nothing yet."""
    address = make_url(make_database())
    engine = create_engine(address)
    migrate.remove(engine)
    engine.dispose()
    secrets = home / "secrets"
    secrets.mkdir()
    (secrets / "database_password").write_text(f"{address.password}\n")
    command = ["openssl", "genpkey", "-algorithm", "ed25519", "-out", secrets / "token_key"]
    subprocess.run(command, check=True, capture_output=True)
    first = next(port for _ in range(200) if _three_free(port := free_port()))
    return {
        "relight@postgis:5432/relight": (
            f"{address.username}@{address.host}:{address.port}/{address.database}"
        ),
        "temporal:7233": temporal_dev.address,
        "/run/secrets": str(secrets),
        "/run/relight": str(home / "state"),
        "8420": str(free_port()),
        **{str(9464 + n): str(first + n) for n in range(3)},
    }


def _three_free(port: int) -> bool:
    return all(is_free(port + n) for n in range(3))


def test_a_port_with_the_number_of_another_in_it_stays_what_it_is() -> None:
    taken = Container("api", Path(), Path(), {"8420": "19464", "9464": "27300"})

    assert taken.environment["RELIGHT_API_PORT"] == "19464"


def test_every_part_of_the_composition_becomes_healthy_and_ends(
    python: Path, home: Path, places: dict[str, str]
) -> None:
    programs = python.parent
    migration = Container("migrate", programs, home, places)
    assert migration.start().wait(WITHIN_S) == 0, migration.said()
    parts = [Container(name, programs, home, places) for name in PROCESSES]
    assert not any(each.is_healthy() for each in parts)
    for each in parts:
        each.start()
    try:
        for each in parts:
            _becomes_healthy(each)
    finally:
        for each in parts:
            if each.process is not None:
                each.process.send_signal(signal.SIGTERM)
        codes = [each.process.wait(WITHIN_S) for each in parts if each.process is not None]

    # A server of HTTP ends by the very signal it was told with.
    assert set(codes) <= {0, -signal.SIGTERM}, [each.said() for each in parts]
    assert not any(each.is_healthy() for each in parts)


def _becomes_healthy(each: Container) -> None:
    latest = time.monotonic() + WITHIN_S
    while not each.is_healthy():
        assert each.process is not None
        assert each.process.poll() is None, each.said()
        assert time.monotonic() < latest, each.said()
        time.sleep(0.2)
