"""The scripts behind the make targets: the right interpreter, and nothing done twice."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from relight.settings import CODE


def program(folder: Path, name: str, body: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)


def newest_python(path: Path, pyenv: Path) -> str:
    told = subprocess.run(
        ["/bin/bash", "-c", ". .ci/python; newest_python"],
        cwd=CODE,
        env={"PATH": str(path), "PYENV_ROOT": str(pyenv), "HOME": str(pyenv)},
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bin"


def test_a_shim_that_does_not_work_is_passed_over(path: Path, tmp_path: Path) -> None:
    program(path, "python3.13", "echo 'command not found' >&2; exit 127")
    program(path, "python3.12", f'exec {sys.executable} "$@"')

    assert newest_python(path, tmp_path / "none") == str(path / "python3.12")


def test_a_version_only_pyenv_has_is_found(path: Path, tmp_path: Path) -> None:
    pyenv = tmp_path / "pyenv"
    program(path, "python3.11", f'exec {sys.executable} "$@"')
    program(pyenv / "versions" / "3.13.2" / "bin", "python3", f'exec {sys.executable} "$@"')

    assert newest_python(path, pyenv).startswith(str(pyenv / "versions"))


def test_an_interpreter_too_old_is_not_taken(path: Path, tmp_path: Path) -> None:
    program(path, "python3", "exit 1")

    assert newest_python(path, tmp_path / "none") == ""


def bare_machine(path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run .ci/machine where there is neither PostgreSQL nor apt-get."""
    for name in ("bash", "dirname", "id", "sort", "tail", "awk"):
        found = next(
            Path(folder, name) for folder in ("/usr/bin", "/bin") if Path(folder, name).exists()
        )
        program(path, name, f'exec {found} "$@"')
    script = (CODE / ".ci" / "machine").read_text().replace("/postgresql/*", "/none/*")
    script = script.replace('"$(dirname "$0")/.."', f'"{CODE}"')
    return subprocess.run(
        ["/bin/bash", "-c", script],
        env={"PATH": str(path), "HOME": str(path)} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_machine_without_apt_is_told_what_to_install(path: Path) -> None:
    told = bare_machine(path)

    assert told.returncode == 1
    assert "This machine lacks: postgis." in told.stderr
    assert "RELIGHT_DATABASE_URL" in told.stderr


def test_who_has_a_database_elsewhere_is_told_that_backups_need_pg_dump(path: Path) -> None:
    told = bare_machine(path, RELIGHT_DATABASE_URL="postgresql://elsewhere/relight")

    assert told.returncode == 0
    assert "This machine lacks: pg_dump." in told.stderr
    assert "Only backups need pg_dump" in told.stderr
    program(path, "pg_dump", "exit 0")
    assert bare_machine(path, RELIGHT_DATABASE_URL="postgresql://elsewhere/relight").stderr == ""


def test_what_is_unpacked_is_no_condition_of_the_tests(path: Path, tmp_path: Path) -> None:
    script = tmp_path / ".ci" / "unpack"
    program(tmp_path / ".ci", "unpack", "")
    script.write_text((CODE / ".ci" / "unpack").read_text())
    program(path, "dirname", 'exec /usr/bin/dirname "$@"')
    program(path, "basename", 'exec /usr/bin/basename "$@"')
    command = ["/bin/bash", script, "prometheus", "usr/bin/promtool", "the rules are not tried"]
    variables = {"PATH": str(path)}
    told = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    program(path, "promtool", "exit 0")
    quiet = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)

    assert (told.returncode, "no apt-get" in told.stderr) == (0, True)
    assert "the rules are not tried" in told.stderr
    assert (quiet.returncode, quiet.stderr) == (0, "")


def test_scripts_are_sound_shell() -> None:
    scripts = [file for file in (CODE / ".ci").iterdir() if file.is_file()]
    told = [
        subprocess.run(["bash", "-n", file], capture_output=True, text=True, check=False).stderr
        for file in scripts
    ]

    assert len(scripts) >= 6
    assert told == [""] * len(scripts)
    assert all(os.access(file, os.X_OK) for file in scripts if file.name != "python")
