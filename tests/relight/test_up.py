"""`relight up` as its user meets it: one command serves, falls are mended, `down` ends it all."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from relight.servers.identity import birth, runs
from relight.settings import CODE, PREFIX

pytestmark = [pytest.mark.servers, pytest.mark.timeout(180), pytest.mark.xdist_group("up")]


class Installation:
    """One installation in a directory of its own, used by the command line alone."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.told = ""

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        clean = {name: text for name, text in os.environ.items() if not name.startswith(PREFIX)}
        return subprocess.run(
            [sys.executable, "-m", "relight", *words],
            cwd=CODE,
            env=clean | {"RELIGHT_STATE_DIR": str(self.home), "RELIGHT_TERRITORY": "small"},
            capture_output=True,
            text=True,
            check=False,
        )

    def pid(self, part: str) -> int:
        folder = self.home / part if part in {"postgres", "temporal"} else self.home / "run"
        return int((folder / f"{part}.pid").read_text().split()[0])

    def pids(self) -> dict[int, str]:
        parts = ("postgres", "temporal", "worker", "planner", "relay", "api", "up")
        return {pid: birth(pid) or "" for pid in map(self.pid, parts)}

    def health(self) -> int:
        port = json.loads((self.home / "addresses.json").read_text())["api_port"]
        try:
            return httpx.get(f"http://127.0.0.1:{port}/healthz").status_code
        except httpx.TransportError:
            return 0


def until(true: Callable[[], bool], within_s: float = 60) -> bool:
    latest = time.monotonic() + within_s
    while time.monotonic() < latest:
        if true():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    with tempfile.TemporaryDirectory(prefix="relight-test-") as name:
        Path(name).chmod(0o711)
        installation = Installation(Path(name))
        up = installation.run("up", "--detach")
        try:
            assert up.returncode == 0, up.stdout + up.stderr
            installation.told = up.stdout
            yield installation
        finally:
            installation.run("down")


def test_the_first_password_is_told_once_and_written_nowhere(installation: Installation) -> None:
    found = re.search(r"password ([a-z0-9-]{23}) ", installation.told)
    again = installation.run("up")

    assert found is not None, installation.told
    assert found[1] not in again.stdout
    files = [*(installation.home / "logs").iterdir(), *(installation.home / "run").iterdir()]
    assert not [file for file in files if found[1] in file.read_text(errors="replace")]
    assert installation.run("user", "list").stdout.startswith("admin")


def test_one_command_serves(installation: Installation) -> None:
    assert installation.health() == 200


def test_a_second_one_says_that_it_runs_already(installation: Installation) -> None:
    told = installation.run("up")

    assert told.returncode == 1
    assert "already running" in told.stdout


def test_the_doctor_finds_the_running_installation_sound(installation: Installation) -> None:
    told = installation.run("doctor")
    if told.returncode:  # a busy machine may answer late; a second look must find it sound
        assert until(lambda: installation.health() == 200)
        told = installation.run("doctor")

    assert told.returncode == 0, told.stdout
    assert "All is well." in told.stdout


@pytest.mark.parametrize("part", ["worker", "planner", "relay", "api", "postgres", "temporal"])
def test_a_killed_part_is_started_again(installation: Installation, part: str) -> None:
    first = installation.pid(part)
    os.kill(first, signal.SIGKILL)

    def another() -> bool:
        try:
            return installation.pid(part) != first
        except (FileNotFoundError, IndexError):
            return False

    assert until(another)
    assert until(lambda: installation.health() == 200)


def test_down_ends_every_process_and_up_finds_the_data_again(installation: Installation) -> None:
    running = installation.pids()
    ports = json.loads((installation.home / "ports.json").read_text())
    down = installation.run("down")
    left = [pid for pid, mark in running.items() if runs(pid, mark)]
    up = installation.run("up", "--detach")

    assert down.returncode == 0
    assert left == []
    assert up.returncode == 0, up.stdout
    assert json.loads((installation.home / "ports.json").read_text()) == ports
    assert until(lambda: installation.health() == 200)


def test_nothing_outlives_a_killed_supervisor(installation: Installation) -> None:
    running = installation.pids()
    os.kill(installation.pid("up"), signal.SIGKILL)

    assert until(lambda: not any(runs(pid, mark) for pid, mark in running.items()))
    assert installation.run("up", "--detach").returncode == 0
