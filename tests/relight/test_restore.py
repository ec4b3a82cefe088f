"""A backup of life in progress, put into an empty installation: nothing promised is forgotten."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session
from temporalio.client import Client

from domain import actions as a
from relight.backup import reached
from relight.settings import CODE, PREFIX, Settings
from store import histories
from tests.api.callers import KEY
from tests.api.house import Mouth
from tests.conftest import DEMO_NOW
from tests.house import House, running_house
from tests.house_life import (
    CALL_TAKER,
)
from tests.relight.night import (
    RATE,
    Lives,
    bring_to_close,
    climbed_by,
    climbs_of,
    let_time_pass,
    live,
    rare_moments,
    rows_of,
)

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.servers,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("restore"),
]

RUNGS = {f"arrival/0/{percent}" for percent in (50, 75, 90, 100, 150)}
DEEDS = {"runs", "rows_completed"}


class Installation:
    """A private installation in a directory of its own, used by the command line alone."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        clean = {name: held for name, held in os.environ.items() if not name.startswith(PREFIX)}
        return subprocess.run(
            [sys.executable, "-m", "relight", *words],
            cwd=CODE,
            env=clean | {"RELIGHT_STATE_DIR": str(self.home)} | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    def addresses(self) -> dict[str, Any]:
        return json.loads((self.home / "addresses.json").read_text())


@pytest.fixture
def installation_dir() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="relight-restore-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


async def _backed_up(house: House, lives: Lives, home: Installation, file: Path) -> str:
    """Take the backup while people go on acting; returns what the command said."""
    url = house.engine.url.render_as_string(hide_password=False)
    backup = asyncio.to_thread(home.run, "backup", str(file), RELIGHT_DATABASE_URL=url)
    running = asyncio.create_task(backup)
    while not running.done():
        await house.act(lives.moving, CALL_TAKER, a.Urge(reason="caller_waits"))
        await asyncio.sleep(0.05)
    told = await running
    assert told.returncode == 0, told.stderr
    again = await asyncio.to_thread(home.run, "backup", str(file), RELIGHT_DATABASE_URL=url)
    assert (again.returncode, "exists already" in again.stderr) == (1, True)
    return told.stdout


_PROMISED = "SELECT id, promised_arrival_at FROM reports ORDER BY id"
_DEADLINES = "SELECT id, number, clock_start, arrival_deadline FROM outages ORDER BY id"
_CLOCK = "SELECT real_epoch, house_epoch, rate FROM installation"
_OPEN = "SELECT id FROM outages WHERE closed_at IS NULL"


@dataclass(frozen=True)
class Seen:
    """What the rows say that a restore must not change."""

    promised: list[Any]
    deadlines: list[Any]
    climbs: "Counter[tuple[str, str]]"
    clock: list[Any]

    @classmethod
    def of(cls, engine: Engine) -> "Seen":
        return cls(
            rows_of(engine, _PROMISED),
            rows_of(engine, _DEADLINES),
            climbs_of(engine),
            rows_of(engine, _CLOCK),
        )


def _give_key(home: Path) -> None:
    """Put the signing key where it was: it is kept apart from the backup."""
    pem = KEY.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (home / "token.key").write_bytes(pem)


@dataclass
class Restored:
    """What was found while a restored installation went on to its end."""

    still_open: list[str]
    before: Seen
    after: Seen | None = None
    said: dict[str, subprocess.CompletedProcess[str]] = field(default_factory=dict)


def _put_back(home: Installation, lives: Lives, file: Path) -> Restored:
    """Restore into a new cluster, and let the rows stand at rare moments while all is dark."""
    _give_key(home.home)
    told = home.run("restore", str(file))
    assert told.returncode == 0, told.stderr
    with reached(Settings(state_dir=home.home)) as url:
        engine = create_engine(url)
        before = Seen.of(engine)
        let_time_pass(engine)
        unheard = rare_moments(engine, lives)
        still_open = rows_of(engine, _OPEN)
        engine.dispose()
    known = {getattr(lives, each.name) for each in fields(lives)} - {lives.closed}
    assert set(still_open) == known | {unheard}
    return Restored(still_open, before)


async def _go_on(home: Installation, lives: Lives, restored: Restored, file: Path) -> None:
    """Start everything, on an empty Temporal, and bring every outage to its end over HTTP."""
    at = home.addresses()
    engine, address = create_engine(at["database_url"]), f"http://127.0.0.1:{at['api_port']}"
    async with httpx.AsyncClient(base_url=address, timeout=60) as http:
        mouth = Mouth(http, engine)
        await mouth.until(lambda: _recovered(engine))
        restored.said["recover"] = home.run("recover", "--json")
        restored.said["restore"] = home.run("restore", str(file))
        await mouth.until(lambda: _all_climbed(engine, lives.waiting))
        order = await mouth.order("jp", id="back-to-auto", kind="mode", mode="auto")
        assert order.status_code == 200, order.text
        await bring_to_close(mouth, restored.still_open)
        await mouth.until(lambda: _archived(engine))
    restored.after = Seen.of(engine)
    # The statement nobody had judged was carried, and every order has a number.
    assert rows_of(engine, "SELECT verdict FROM field_facts WHERE device = 'phone-3'") == [
        "accepted"
    ]
    assert all(epoch > 0 for epoch in rows_of(engine, _EPOCHS))
    restored.said["replay"] = home.run("replay", "all", "--json")
    restored.said["doctor"] = home.run("doctor", "--json")
    engine.dispose()


async def test_a_backup_of_life_in_progress_goes_on_in_an_empty_installation(
    own_demo_engine: Engine, temporal_client: Client, installation_dir: Path
) -> None:
    home, file = Installation(installation_dir), installation_dir / "night.dump"
    async with running_house(own_demo_engine, temporal_client, DEMO_NOW, rate=RATE) as house:
        lives = await live(house)
        told = await _backed_up(house, lives, home, file)
    source = Seen.of(own_demo_engine)
    restored = _put_back(home, lives, file)
    try:
        up = home.run("up", "--detach", "--no-demo")
        assert up.returncode == 0, up.stdout + up.stderr
        await _go_on(home, lives, restored, file)
    finally:
        home.run("down")

    assert "Wrote" in told
    _nothing_promised_is_forgotten(source, restored)
    _every_rung_climbed_once(lives.waiting, restored)
    _the_commands_say_so(restored)


def _nothing_promised_is_forgotten(source: Seen, restored: Restored) -> None:
    """The source lived on while the file was written: it holds all of the backup, unchanged."""
    before, after = restored.before, restored.after
    assert after is not None
    for later in (source, after):
        assert set(before.promised) <= set(later.promised)
        assert set(before.deadlines) <= set(later.deadlines)
        assert before.climbs <= later.climbs
    assert before.clock == source.clock


def _every_rung_climbed_once(waiting: str, restored: Restored) -> None:
    """Rungs climbed before did not fire again; those due in the dark or later did, once."""
    before, after = restored.before.climbs, restored.after and restored.after.climbs
    assert after
    assert max(after.values()) == 1
    then = {rung for outage, rung in before if outage == waiting}
    assert len(then) >= 3
    assert not then >= RUNGS
    assert {rung for outage, rung in after if outage == waiting} >= RUNGS | then


def _the_commands_say_so(restored: Restored) -> None:
    recover, refused, replay, doctor = (
        restored.said[name] for name in ("recover", "restore", "replay", "doctor")
    )
    assert {json.loads(line)["deed"] for line in recover.stdout.splitlines()} <= DEEDS
    assert (recover.returncode, recover.stderr) == (0, "")
    assert (refused.returncode, "not empty" in refused.stderr) == (1, True)
    summary = json.loads(replay.stdout)
    assert summary["divergences"] == []
    assert summary["outages"] == len(restored.still_open) + 1
    assert summary["events_lost"] > 0
    assert json.loads(doctor.stdout)["healthy"], doctor.stdout


_EPOCHS = "SELECT assignment_epoch FROM tasks WHERE crew_id IS NOT NULL"


async def _recovered(engine: Engine) -> bool:
    return not rows_of(engine, "SELECT id FROM restorations WHERE recovered_at IS NULL")


async def _archived(engine: Engine) -> bool:
    with Session(engine) as session:
        return not histories.missing(session)


async def _all_climbed(engine: Engine, outage: str) -> bool:
    return climbed_by(engine, outage) >= RUNGS
