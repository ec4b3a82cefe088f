"""What the database itself refuses, told in the domain's words."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from domain.errors import Refused

# SQLSTATEs raised by the guards in the schema.
CODES = {"RL001": "append_only", "RL002": "executor_may_not_judge"}


@contextmanager
def translated() -> Iterator[None]:
    """Turn a guard's exception into Refused; the transaction is lost all the same."""
    try:
        yield
    except DBAPIError as error:
        code = CODES.get(getattr(error.orig, "sqlstate", "") or "")
        if code is None:
            raise
        raise Refused(code) from error
