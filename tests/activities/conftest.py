"""The rooms together: an installation on a demo database of each test's own."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial

import pytest
from sqlalchemy import Engine
from temporalio.client import Client

from tests.conftest import DEMO_NOW
from tests.house import House, by_crew, running_house

__all__ = ["House", "OpenHouse", "by_crew"]

OpenHouse = Callable[..., AbstractAsyncContextManager[House]]


@pytest.fixture
def open_house(own_demo_engine: Engine, temporal_client: Client) -> OpenHouse:
    """Return `open()`: a running installation on a demo database of its own."""
    return partial(running_house, own_demo_engine, temporal_client, DEMO_NOW)
