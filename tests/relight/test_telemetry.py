"""Telemetry costs nothing while it is off, and replaying is the same with it."""

import subprocess
import sys
from pathlib import Path

import pytest

from relight.settings import CODE, load_settings
from relight.telemetry import set_up_telemetry
from tests.histories import kept
from tests.relight.observed import spans_of_replaying

LOOK = """
import sys
from relight.settings import load_settings
from relight.telemetry import set_up_telemetry
import relight.api_process, relight.relay_process, relight.worker_process
told = set_up_telemetry(load_settings(), "worker")
told.tracer.start_span("x").end()
print(*(name for name in sys.modules if name.startswith(("opentelemetry.sdk", "opentelemetry.exp",
    "opentelemetry.instrumentation"))), flush=True)
import os
os._exit(0)
"""


def test_nothing_of_it_is_loaded_while_it_is_off() -> None:
    told = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=CODE, capture_output=True, text=True, check=True
    )

    assert told.stdout.split() == []


def test_while_it_is_off_nobody_is_intercepted(tmp_path: Path) -> None:
    told = set_up_telemetry(load_settings(running=False, state_dir=tmp_path), "worker")

    assert told.interceptors() == []
    assert told.provider is None


@pytest.mark.anyio
@pytest.mark.parametrize("name", [*kept.lives(), *kept.others()])
async def test_a_recorded_life_is_followed_the_same_way_while_traced(name: str) -> None:
    for history in kept.read_histories(name):
        assert await spans_of_replaying(history) == []
