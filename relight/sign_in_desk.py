"""Where commands about people and machines meet the database: one short transaction each."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from domain.words import say
from relight.settings import Settings, SettingsRefused
from store.engine import connect


@contextmanager
def desk(settings: Settings) -> Iterator[Session]:
    """Open a transaction on the installation's database."""
    if settings.database_url is None:
        raise SettingsRefused(say("doctor.no_database_address", settings.language))
    engine = connect(settings.database_url, connections=1, name="sign-in")
    try:
        with Session(engine) as session, session.begin():
            yield session
    finally:
        engine.dispose()
