"""Functions of the pages that need no page: called in Node with what Python gives them."""

import json
import shutil
import subprocess
from typing import Any

import pytest

from relight.settings import CODE

CONSOLE = CODE / "console"
CALL = """
import ts from "typescript";
import { readFileSync } from "node:fs";
const { source, name, rounds } = JSON.parse(readFileSync(0, "utf8"));
const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
const made = ts.transpileModule(readFileSync(source, "utf8"), { compilerOptions: options });
const module = await import("data:text/javascript," + encodeURIComponent(made.outputText));
const plain = (_, value) => (value instanceof Set ? [...value] : value);
console.log(JSON.stringify(rounds.map((given) => module[name](...given)), plain));
"""


def call(module: str, name: str, rounds: list[list[Any]]) -> list[Any]:
    """Call a function of `console/src` once for each list of arguments; return what it returned.

    The module may import types only.
    """
    node = shutil.which("node")
    if node is None or not (CONSOLE / "node_modules" / "typescript").is_dir():
        pytest.skip("the pages cannot be built here: make pages (needs Node 20.19 or later)")
    asked = {"source": str(CONSOLE / "src" / module), "name": name, "rounds": rounds}
    done = subprocess.run(
        [node, "--input-type=module", "--eval", CALL],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
        cwd=CONSOLE,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    answer: list[Any] = json.loads(done.stdout)
    return answer
