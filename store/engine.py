"""The one way a process reaches the database."""

from sqlalchemy import Engine, create_engine


def connect(url: str, *, connections: int, name: str) -> Engine:
    """Return an engine with at most `connections` connections, checked before use.

    `name` shows in the server's list of sessions. A dead server is noticed within seconds and the
    pool mends itself when it comes back.
    """
    return create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=30,
        pool_pre_ping=True,
        pool_recycle=1800,
        # Errors are logged and kept in histories; what people told us is not.
        hide_parameters=True,
        connect_args={
            "application_name": f"relight-{name}",
            "connect_timeout": 5,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "options": "-c timezone=UTC -c lock_timeout=15000",
        },
    )
