"""What the Dockerfile does with Python: build the wheel, and make an environment to run it in."""

import os
import subprocess
import sys
from pathlib import Path

from relight.settings import CODE

UV = Path(sys.executable).with_name("uv")
RUNTIME = CODE / "requirements.runtime.lock"


def build(where: Path) -> Path:
    """Build the wheel as the Dockerfile does."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1767225600", "VIRTUAL_ENV": sys.prefix}
    command = [UV, "build", "--quiet", "--wheel", "--no-build-isolation", "--offline"]
    subprocess.run([*command, "--out-dir", where, CODE], env=environment, check=True)
    return next(where.glob("*.whl"))


def environment_of(wheel: Path, home: Path) -> Path:
    """Make an environment of the runtime lock and a wheel, and return its interpreter."""
    environment = os.environ | {"VIRTUAL_ENV": str(home), "UV_NO_PROGRESS": "1"}
    for words in (
        ["venv", "--quiet", "--python", sys.executable, "--allow-existing", home],
        ["pip", "sync", "--quiet", "--require-hashes", "--only-binary", ":all:", RUNTIME],
        ["pip", "install", "--quiet", "--no-deps", "--offline", wheel],
    ):
        subprocess.run([UV, *words], env=environment, check=True)
    return home / "bin" / "python"
