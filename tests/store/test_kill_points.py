"""Named kill points: silent unless asked for, and deadly once."""

import signal
import subprocess
import sys

from relight.settings import CODE
from store.kill_points import reach, used

VISITS = "from store.kill_points import reach\nfor n in range(4): reach('{}'); print(n)"


def visit(state_dir, point, wanted):
    return subprocess.run(
        [sys.executable, "-c", VISITS.format(point)],
        env={
            "RELIGHT_KILL_AT": wanted,
            "RELIGHT_STATE_DIR": str(state_dir),
            "PYTHONPATH": str(CODE),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_unasked_point_does_nothing(monkeypatch):
    monkeypatch.delenv("RELIGHT_KILL_AT", raising=False)

    reach("after_rpc_before_mark")


def test_a_point_kills_at_its_visit_and_only_once(tmp_path):
    wanted = "between_seal_and_close,after_rpc_before_mark@3"

    first = visit(tmp_path, "after_rpc_before_mark", wanted)
    second = visit(tmp_path, "after_rpc_before_mark", wanted)

    assert first.returncode == -signal.SIGKILL
    assert second.returncode == 0
    assert second.stdout.split() == ["0", "1", "2", "3"]
    assert used(tmp_path) == {"after_rpc_before_mark"}
