"""The tables in code and the migrated database are the same."""

from sqlalchemy import Engine, text

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


def test_the_schema_of_a_newer_version_lacks_nothing_and_is_left_alone(own_engine: Engine) -> None:
    """So an old api serves on while a new version is put in, and one can go back."""
    assert not migrate.is_newer(own_engine)
    with own_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    migrate.upgrade(own_engine)

    assert migrate.is_newer(own_engine)
    assert migrate.is_at_head(own_engine)
    with own_engine.connect() as connection:
        assert migrate.revision(connection) == "9999"
