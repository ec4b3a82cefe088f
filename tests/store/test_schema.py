"""The tables in code and the migrated database are the same."""

from sqlalchemy import Engine

from store import migrate


def test_alembic_finds_nothing_to_change(engine: Engine) -> None:
    migrate.check(engine)

    assert migrate.is_at_head(engine)


def test_migrating_again_is_harmless(own_engine: Engine) -> None:
    migrate.upgrade(own_engine)

    assert migrate.is_at_head(own_engine)


def test_every_migration_can_be_taken_back(own_engine: Engine) -> None:
    migrate.downgrade(own_engine, "base")
    assert not migrate.is_at_head(own_engine)

    migrate.upgrade(own_engine)
    migrate.check(own_engine)
