"""`relight bench` as its user types it."""

import json
import subprocess
import sys

from relight.settings import CODE


def _bench(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "relight", "bench", *words]
    return subprocess.run(
        command, cwd=CODE, capture_output=True, text=True, timeout=50, check=False
    )


def test_a_measurement_nobody_knows_is_refused_with_those_there_are() -> None:
    told = _bench("speed")

    assert told.returncode == 2
    assert "speed" in told.stderr
    assert "intake" in told.stderr


def test_findings_are_kept_as_json_with_the_machine() -> None:
    from relight.bench import command
    from relight.bench.findings import Finding

    kept = command.report([Finding("storm", [{"outages": 1}])])
    text = json.dumps(kept)

    assert json.loads(text)["storm"] == [{"outages": 1}]
    assert kept["machine"]["processors"] >= 1
