"""The repository keeps its own rules: targets with help, a lock without hosts, short modules."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.words import LANGUAGES, catalogue
from relight.settings import CODE

ROOMS = (
    "activities", "api", "domain", "relight", "roads", "routing", "sim", "store", "territory",
    "tests", "workflows",
)  # fmt: skip
TARGETS = ("setup", "up", "down", "test", "check", "bench", "soak", "lock", "histories", "clients",
           "pages")  # fmt: skip
LONGEST_MODULE, LONGEST_FUNCTION, LONGEST_LINE = 300, 40, 100


def modules() -> Iterator[Path]:
    for room in ROOMS:
        yield from (
            file
            for file in sorted((CODE / room).rglob("*.py"))
            if "versions" not in file.parts and "node_modules" not in file.parts
        )


def tracked() -> list[Path]:
    told = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CODE, capture_output=True, text=True, check=True
    )
    return [CODE / name for name in told.stdout.split("\0") if name]


def text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
        return ""


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_has_a_line_of_help(target: str) -> None:
    told = subprocess.run(["make", "help"], cwd=CODE, capture_output=True, text=True, check=True)

    assert re.search(rf"^{target} +\w", told.stdout, re.MULTILINE)


def test_every_locked_package_has_hashes_and_no_address() -> None:
    lock = (CODE / "requirements.lock").read_text()
    packages = re.findall(
        r"^[a-z0-9][a-z0-9._-]*==.*?(?=^[a-z]|\Z)", lock, re.DOTALL | re.MULTILINE
    )

    assert len(packages) > 50
    assert all("--hash=sha256:" in package for package in packages)
    assert not re.search(r"://|^--|@ |file:", lock, re.MULTILINE)


def test_every_requirement_is_locked() -> None:
    lock = (CODE / "requirements.lock").read_text()
    project = (CODE / "pyproject.toml").read_text()
    listed = re.search(r"^dependencies = \[(.*?)^\]", project, re.DOTALL | re.MULTILINE)
    assert listed is not None
    names = re.findall(r'^    "([a-z0-9-]+)', listed[1], re.MULTILINE)

    assert len(names) > 15
    assert not [name for name in names if f"\n{name}==" not in f"\n{lock}"]


def test_no_tracked_file_names_a_host_of_packages_or_a_path_of_one_machine() -> None:
    hosts = ("py" + "pi.org", "pythonhosted" + ".org", "registry.npm" + "js", "deb.debian" + ".org")
    paths = re.compile(r"(^|[^A-Za-z0-9_.])/(work|farm|root|home/[a-z]+)/")
    named = [
        str(file.relative_to(CODE))
        for file in tracked()
        for text in [text_of(file)]
        if any(host in text for host in hosts) or paths.search(text)
    ]

    assert named == []


def test_modules_functions_and_lines_are_short() -> None:
    long = []
    for file in modules():
        text = file.read_text()
        lines = text.splitlines()
        name = str(file.relative_to(CODE))
        if len(lines) > LONGEST_MODULE:
            long.append(f"{name}: {len(lines)} lines")
        long += [f"{name}:{n}" for n, line in enumerate(lines, 1) if len(line) > LONGEST_LINE]
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long.append(f"{name}: {node.name} has {length} lines")

    assert long == []


def test_both_languages_say_the_same_things() -> None:
    keys = {language: catalogue(language).keys() for language in LANGUAGES}
    holes = {
        key: {language: set(re.findall(r"{(\w+)", catalogue(language)[key])) for language in keys}
        for key in keys["en"] & keys["zh"]
    }

    assert keys["en"] ^ keys["zh"] == set()
    assert not [key for key, each in holes.items() if each["en"] != each["zh"]]


def test_the_api_and_the_activities_hold_no_query() -> None:
    allowed = {"Engine", "Connection", "Session", "sessionmaker", "SQLAlchemyError"}
    found = []
    for file in modules():
        if file.relative_to(CODE).parts[0] not in {"api", "activities", "workflows", "sim"}:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
                names = {alias.name for alias in node.names} - allowed
                if names and not (node.module or "").endswith(".exc"):
                    found.append(f"{file.relative_to(CODE)}: {', '.join(sorted(names))}")

    assert found == []
