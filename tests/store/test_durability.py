"""What a caller was told stands after the database is killed the next moment."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from relight.servers.postgres import PostgresServer
from store.demo import load_demo
from store.migrate import upgrade
from tests.store.builders import NOW, a_draft, take


def connected(server: PostgresServer) -> Engine:
    return create_engine(server.url_of("relight"))


@pytest.mark.servers
def test_answered_reports_survive_a_kill_of_the_database(server_home: Path) -> None:
    server = PostgresServer(server_home / "killed", durable=True)
    server.start()
    engine = connected(server)
    upgrade(engine)
    load_demo(engine, NOW)
    told = set()
    for number in range(3):
        for i in range(10):
            told.add(take(engine, a_draft(f"jp-f{1 + i % 8}-s1-t1-p1")).report_id)
        server.kill()
        engine.dispose()
        server.start()
        engine = connected(server)
        with engine.connect() as connection:
            kept = set(connection.scalars(text("SELECT id FROM reports")))
            settings = connection.execute(text("SHOW synchronous_commit")).scalar()

        assert kept == told, number
        assert settings == "on"
    engine.dispose()
    server.kill()
