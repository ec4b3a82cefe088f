"""The command line as a user meets it: real processes, exit codes and words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relight.cli import COMMANDS, build
from relight.settings import CODE


def relight(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "relight", *words],
        cwd=CODE,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_help_lists_every_command() -> None:
    told = relight("--help")

    assert told.returncode == 0
    assert not [name for name in COMMANDS if name not in told.stdout]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    told = CliRunner().invoke(build([name, "--help"]), [name, "--help"])

    assert told.exit_code == 0, told.output
    assert f"{name} [OPTIONS]" in told.output


def test_an_unknown_command_is_refused() -> None:
    told = relight("kettle")

    assert told.returncode == 2
    assert "kettle" in told.stderr


def test_an_unknown_setting_is_refused_in_a_sentence(tmp_path: Path) -> None:
    told = relight("down", RELIGHT_STATE_DIR=str(tmp_path), RELIGHT_STATE_DIRECTORY="x")

    assert told.returncode == 2
    assert "RELIGHT_STATE_DIRECTORY is no setting of Relight." in told.stderr
    assert "Traceback" not in told.stderr


def test_down_says_that_nothing_runs(tmp_path: Path) -> None:
    told = relight("down", RELIGHT_STATE_DIR=str(tmp_path))

    assert told.returncode == 0
    assert told.stdout == "Nothing is running here.\n"


def test_the_doctor_ends_with_one_when_something_is_wrong(tmp_path: Path) -> None:
    told = relight("doctor", "--json", RELIGHT_STATE_DIR=str(tmp_path), RELIGHT_LANGUAGE="zh")

    assert told.returncode == 1
    assert "不知道数据库地址" in told.stdout


def test_what_must_end_before_the_process_ends_in_turn() -> None:
    script = (
        "from relight.finish import before_finish, finish\n"
        "before_finish(lambda: print('first in, last out'))\n"
        "before_finish(lambda: 1 / 0)\n"
        "before_finish(lambda: print('last in, first out'))\n"
        "finish(0)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=CODE, capture_output=True, text=True, check=False
    )

    assert told.stdout == "last in, first out\nfirst in, last out\n"
    assert told.returncode == 1
    assert "ZeroDivisionError" in told.stderr
