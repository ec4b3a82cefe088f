"""The wheel and an environment of it, made once for all that is tried with them."""

from pathlib import Path

import pytest

from tests.relight.wheel import build, environment_of


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as the Dockerfile does."""
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the runtime lock and the wheel, and nothing of the checkout."""
    return environment_of(wheel, tmp_path_factory.mktemp("environment"))
