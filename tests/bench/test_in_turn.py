"""Several measurements in one go: what fails, crashes or hangs hides no other."""

import json
import sys
from pathlib import Path

import pytest

from relight.bench import command
from relight.bench.in_turn import Measured, measured

PROGRAMS = {
    "fine": "import json, sys; json.dump({'fine': [{'outages': 1}]}, open(sys.argv[1], 'w'))",
    "broken": "raise SystemExit(3)",
    "crashed": "import os; os.kill(os.getpid(), 9)",
    "hanging": """
import pathlib, sys, time
try:
    time.sleep(50)
finally:
    pathlib.Path(sys.argv[1]).with_name("ended").touch()
""",
}


def _program(name: str, kept: Path) -> list[str]:
    return [sys.executable, "-c", PROGRAMS[name], str(kept)]


def test_one_that_fails_or_crashes_hides_no_other() -> None:
    told = list(measured(["broken", "crashed", "fine"], _program))

    assert [each.failure for each in told] == ["exit 3", "exit -9", None]
    assert told[2].found == {"fine": [{"outages": 1}]}


def test_one_that_hangs_is_interrupted_so_that_it_can_end_what_it_started(tmp_path: Path) -> None:
    def program(name: str, kept: Path) -> list[str]:
        return _program(name, tmp_path / kept.name)

    told = list(measured(["hanging", "broken"], program, longest_s=1.5))

    assert [each.failure for each in told] == ["> 2 s", "exit 3"]
    assert (tmp_path / "ended").exists()


def test_what_was_found_is_kept_beside_what_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    went = [Measured("roads", 2.0, None, "exit 1"), Measured("eta", 3.0, {"eta": [{"legs": 4}]})]
    monkeypatch.setattr(command, "measured", lambda _: iter(went))

    failed = command.all_in_turn(["roads", "eta"], tmp_path / "all.json", "en")
    kept = json.loads((tmp_path / "all.json").read_text())
    shown = capsys.readouterr()

    assert failed == ["roads"]
    assert kept["eta"] == [{"legs": 4}]
    assert kept["failed"] == {"roads": "exit 1"}
    assert kept["seconds_taken"] == {"roads": 2.0, "eta": 3.0}
    assert "roads" in shown.err
    assert "2 of 2" in shown.out
