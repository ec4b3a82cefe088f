"""The README's worked example does what the README says, on an installation of its own."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from relight.settings import CODE, PREFIX

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300), pytest.mark.xdist_group("up")]


def example() -> str:
    """Return the one block of bash in the README."""
    text = (CODE / "README.md").read_text()
    blocks = re.findall(r"^```bash\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    return blocks[0]


def run(variables: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the checkout, as a newcomer does."""
    return subprocess.run(
        command, cwd=CODE, env=variables, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def surroundings() -> Iterator[dict[str, str]]:
    """The environment of somebody for whom Relight runs, in a directory of its own."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith(PREFIX)}
    with tempfile.TemporaryDirectory(prefix="relight-test-") as home:
        Path(home).chmod(0o711)
        variables = clean | {"RELIGHT_STATE_DIR": home}
        up = run(variables, sys.executable, "-m", "relight", "up", "--detach")
        try:
            assert up.returncode == 0, up.stdout + up.stderr
            port = json.loads((Path(home) / "addresses.json").read_text())["api_port"]
            yield variables | {"API": f"http://127.0.0.1:{port}"}
        finally:
            run(variables, sys.executable, "-m", "relight", "down")


def test_the_example_takes_one_report_to_closed_and_tells_its_story(
    surroundings: dict[str, str],
) -> None:
    told = run(surroundings, "bash", "-c", example())
    lines = told.stdout.splitlines()

    assert told.stderr == ""
    assert re.fullmatch(r"outage out_[0-9a-f]+ is closed", lines[-1]), told.stdout
    assert lines[-2].endswith("Closed: every report has an outcome.")
    assert any("taken (phone)" in line for line in lines)
    assert any("its position proves it" in line for line in lines)
    assert any("Callback answered" in line for line in lines)
