"""The clients made from the document fit the interface: the samples of docs/clients.md are run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from relight.settings import CODE
from tests.api.callers import signed_in
from tests.contract.seed import Seed

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("contract")]

TOOLS = CODE / "clients" / "node_modules" / ".bin"
WRONG = """import type { paths } from "./relight";
type Report = paths["/v1/reports"]["post"]["requestBody"]["content"]["application/json"];
export const body: Report = { channel: "pigeon", place: {} };
"""


def sample(language: str) -> str:
    """Return the sample of a language from the page."""
    page = (CODE / "docs" / "clients.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clients, as `make clients` makes them."""
    folder = tmp_path_factory.mktemp("clients")
    told = subprocess.run(
        [CODE / ".ci" / "clients", folder], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return folder


def test_the_python_client_reports_and_reads_back(house: Seed, made: Path) -> None:
    token = signed_in("call_taker")["Authorization"].removeprefix("Bearer ")
    told = subprocess.run(
        [sys.executable, "-W", "error", "-c", sample("python")],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(made / "python"),
            "RELIGHT_ADDRESS": house.address,
            "RELIGHT_TOKEN": token,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    report, outage, stage = told.stdout.split()

    taken = house.ask("GET", f"/v1/reports/{report}", "call_taker").json()
    assert taken["outage"]["id"] == outage
    assert stage


def test_the_typescript_types_fit_their_sample_and_no_other(made: Path) -> None:
    types = made / "typescript"
    if not (TOOLS / "tsc").exists():
        pytest.skip("npm was not here when `make test` began, so there are no TypeScript types")
    (types / "sample.ts").write_text(sample("typescript"))
    (types / "wrong.ts").write_text(WRONG)
    strictly = ("--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom")
    told = subprocess.run(
        [TOOLS / "tsc", *strictly, "--pretty", "false", "sample.ts", "wrong.ts"],
        cwd=types,
        capture_output=True,
        text=True,
        check=False,
    )

    assert {line.partition("(")[0] for line in told.stdout.splitlines() if line[0] != " "} == {
        "wrong.ts"
    }, told.stdout
    assert "pigeon" in told.stdout
