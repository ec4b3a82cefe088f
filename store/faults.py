"""What may be said of a failure: its kind and its place, never the values it quotes.

Messages of a database or a validator quote what people told us. Logs, traces and workflow
histories outlive what they quote, so only messages known to quote nothing are passed on.
"""

import traceback
from collections.abc import Iterator

from psycopg import Error as DriverError
from psycopg import InterfaceError, OperationalError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from domain.errors import Refused

OURS = frozenset({"activities", "api", "domain", "relight", "routing", "sim", "store", "workflows"})
# What the language says about a mistake in the code names things of the code.
_HARMLESS = (AttributeError, ImportError, MemoryError, NameError, OSError)
_DEEPEST = 10


def what(error: BaseException) -> str:
    """Name a failure, with as much of its message as cannot quote anybody."""
    kind = type(error)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    told = _told(error)
    return f"{name}: {told}" if told else name


def _told(error: BaseException) -> str:
    if isinstance(error, DBAPIError):
        return what(error.orig) if error.orig is not None else ""
    if isinstance(error, DriverError):
        return _of_driver(error)
    if isinstance(error, Refused):
        return error.code
    if isinstance(error, _HARMLESS) or type(error).__module__.partition(".")[0] in OURS:
        return str(error)
    return ""


def _of_driver(error: DriverError) -> str:
    """Return the code and the names a database error carries, never its row."""
    if error.sqlstate is None:
        # No statement was run: it tells which server could not be reached.
        away = isinstance(error, OperationalError | InterfaceError)
        return str(error).partition("\n")[0] if away else ""
    diag = error.diag
    named = (diag.table_name, diag.column_name, diag.constraint_name)
    return " ".join([error.sqlstate, *(name for name in named if name)])


def trace_of(error: BaseException) -> str:
    """Return the traceback of a failure and of what caused it, without values."""
    return "\n".join(_lines(error)).rstrip()


def _lines(error: BaseException, depth: int = 0) -> Iterator[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and depth < _DEEPEST:
        yield from _lines(before, depth + 1)
        yield "then:"
    for frame in traceback.format_tb(error.__traceback__):
        yield frame.rstrip()
    yield what(error)
    if isinstance(error, BaseExceptionGroup) and depth < _DEEPEST:
        for each in error.exceptions:
            yield from _lines(each, depth + 1)


def without_values(error: Exception) -> Exception:
    """Return an error fit to be kept elsewhere: that of a database loses the row it quotes."""
    if isinstance(error, SQLAlchemyError | DriverError):
        return DatabaseFailed(what(error)).with_traceback(error.__traceback__)
    return error


class DatabaseFailed(Exception):  # noqa: N818 - read as a sentence
    """A question to the database failed; the message names kind, code and table only."""
