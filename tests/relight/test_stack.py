"""The stack: every part alone by name, and all of them ended with their supervisor."""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from relight.servers.child import ChildFailed
from relight.settings import Settings, load_settings
from relight.stack import PROCESSES, NotOurs, Stack
from relight.supervise import AlreadyRunning, Hold, Watch, running_supervisor

# Stands for a process of ours: announces itself and waits to be told to end.
PATIENT = """
import signal, sys
from relight.readiness import announce_ready
from relight.settings import load_settings
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
settings = load_settings()
announce_ready(settings.run_dir, sys.argv[1])
print("serving", settings.temporal_address, flush=True)
signal.sigwait([signal.SIGTERM])
print("ended in order", flush=True)
"""
BROKEN = "raise SystemExit('the roof is on fire')"


def command(script: str, name: str) -> list[str]:
    return [sys.executable, "-c", script, name]


@pytest.fixture
def settings() -> Iterator[Settings]:
    with tempfile.TemporaryDirectory(prefix="relight-test-") as name:
        Path(name).chmod(0o711)
        yield load_settings(
            running=False,
            state_dir=name,
            database_url="postgresql://nobody@127.0.0.1:1/none",
            temporal_address="127.0.0.1:1",
        )


@pytest.fixture
def stack(settings: Settings) -> Iterator[Stack]:
    stack = Stack(settings, commands={name: command(PATIENT, name) for name in PROCESSES})
    yield stack
    stack.close()


def until(true: Callable[[], bool], within_s: float = 20) -> bool:
    latest = time.monotonic() + within_s
    while time.monotonic() < latest:
        if true():
            return True
        time.sleep(0.02)
    return False


def test_a_part_is_killed_and_started_again_by_name(stack: Stack) -> None:
    first = stack.start("worker")
    stack.wait_ready("worker")
    stack.kill("worker")
    gone = stack.pid("worker")
    second = stack.start("worker")
    stack.wait_ready("worker")

    assert gone is None
    assert second not in (None, first)
    assert stack.alive("worker")


def test_starting_a_running_part_changes_nothing(stack: Stack) -> None:
    assert stack.start("relay") == stack.start("relay")


def test_a_process_is_given_the_addresses(stack: Stack) -> None:
    stack.start("planner")
    stack.wait_ready("planner")

    assert until(lambda: "serving 127.0.0.1:1" in stack.log("planner").read_text())


def test_closing_ends_every_process_in_order(stack: Stack) -> None:
    for name in PROCESSES:
        stack.start(name)
    for name in ("worker", "planner", "relay"):
        stack.wait_ready(name)
    stack.close()

    assert not any(stack.alive(name) for name in PROCESSES)
    assert "ended in order" in stack.log("relay").read_text()


def test_a_part_that_ends_at_once_fails_with_its_last_words(settings: Settings) -> None:
    stack = Stack(settings, commands={"worker": command(BROKEN, "worker")})
    stack.start("worker")

    with pytest.raises(ChildFailed, match="the roof is on fire"):
        stack.wait_ready("worker")


def test_a_server_given_by_its_address_is_not_killed(stack: Stack) -> None:
    with pytest.raises(NotOurs):
        stack.kill("postgres")


def test_an_unknown_part_is_named(stack: Stack) -> None:
    with pytest.raises(KeyError, match="no part kettle"):
        stack.start("kettle")


def test_what_a_killed_supervisor_left_is_ended_by_the_next(
    stack: Stack, settings: Settings
) -> None:
    pid = stack.start("worker")
    stack.wait_ready("worker")
    ended = Stack(settings).end_leftovers()

    assert pid is not None
    assert ended == ["worker"]
    assert until(lambda: not stack.alive("worker"))


def test_a_process_that_took_over_the_number_is_left_alone(
    stack: Stack, settings: Settings
) -> None:
    settings.run_dir.mkdir(parents=True)
    (settings.run_dir / "relay.pid").write_text(f"{os.getpid()} 12345\n")

    assert Stack(settings).end_leftovers() == []


def test_what_falls_is_started_again_and_said(stack: Stack) -> None:
    said: list[str] = []
    for name in PROCESSES:
        stack.start(name)
    watch = Watch(stack, lambda sentence, part: said.append(f"{part}: {sentence}"))
    stack.wait_ready("worker")
    first = stack.pid("worker")
    stack.kill("worker")
    watch.look("worker", 100.0)
    waiting = stack.alive("worker")
    watch.look("worker", 101.0)

    assert not waiting
    assert stack.pid("worker") not in (None, first)
    assert said[0] == f"worker: worker ended (exit {-signal.SIGKILL}); starting again in 0.5 s."
    assert "runs again" in said[1]


def test_a_part_that_keeps_falling_is_started_more_and_more_slowly(settings: Settings) -> None:
    stack = Stack(settings, commands={"worker": command(BROKEN, "worker")})
    said: list[str] = []
    watch = Watch(stack, lambda sentence, _part: said.append(sentence))
    now = 1000.0
    for _ in range(5):
        watch.look("worker", now)
        now += 20
        watch.look("worker", now)
        until(lambda: not stack.alive("worker"))
    pauses = [sentence.split()[-2] for sentence in said if "ended" in sentence]

    assert pauses == ["0.5", "1", "2", "4", "8"]


def test_one_supervisor_holds_a_directory(settings: Settings) -> None:
    with Hold(settings.state_dir):
        found = running_supervisor(settings.state_dir)
        with pytest.raises(AlreadyRunning), Hold(settings.state_dir):
            pass

    assert found is not None
    assert found[0] == os.getpid()
    assert running_supervisor(settings.state_dir) is None
