"""One installation behind a port for the tests of the contract; it ends with the last of them."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from relight.servers.temporal import TemporalServer
from tests.conftest import MakeDatabase
from tests.contract.live import served
from tests.contract.seed import Seed, sow


@pytest.fixture(scope="package")
def house(make_database: MakeDatabase, temporal_dev: TemporalServer) -> Iterator[Seed]:
    """A running installation in which something of everything has happened."""
    from store.engine import connect

    engine = connect(make_database(demo=True), connections=40, name="test")
    try:
        with served(engine, temporal_dev) as address:
            seed = sow(address, engine)
            yield seed
            seed.line.close()
    finally:
        engine.dispose()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Write down warnings only: thousands of requests are made here."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    yield
    structlog.configure(**before)
