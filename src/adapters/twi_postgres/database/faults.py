"""Translation of errors of the driver, of SQLAlchemy and of the mapping into the core's faults."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, final

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from twi_core.kernel.faults import Conflict, CorruptData, PortError, TimedOut, Unavailable
from twi_postgres.database.refusals import DatabaseMissing, LoginRefused

_CONFLICTS: Final = frozenset({"40001", "40P01"})
_SLOW: Final = frozenset({"57014", "55P03"})
_GONE: Final = ("08", "53", "57P", "25P03", "25006")  # the last: a standby, or a read-only database
_DUPLICATE: Final = "23505"
_LOGIN: Final = "28"
_NO_DATABASE: Final = "3D000"
# libpq passes on no SQLSTATE for a refused connection; a server in another language counts as unreachable.
_NO_DATABASE_TEXT: Final = re.compile(r"database \".*\" does not exist")
_LOGIN_TEXT: Final = re.compile(
    r"authentication failed for user|role \".*\" does not exist|no pg_hba\.conf entry|pg_hba\.conf rejects"
    r"|is not permitted to log in|no password supplied"
)


@final
class Duplicate(Conflict):
    """A violated unique constraint; a repository that expects one checks which it was."""

    def __init__(self, constraint: str | None) -> None:
        super().__init__(f"an id or a name is taken: {constraint}")
        self.constraint = constraint


@contextmanager
def translated(*, committing: bool = False) -> Iterator[None]:
    """Turn what the block raises into a fault; with `committing`, a commit may already have been stored.

    Raises:
        Conflict: a serialisation failure, a deadlock, or an unexpected duplicate.
        DatabaseMissing: the server has no such database.
        LoginRefused: the server does not accept the user or the password.
        Unavailable: no connection, a lost one, none free in time, or one to a read-only server.
        TimedOut: a statement or a lock exceeded its time limit.
        CorruptData: a value does not fit its column, or stored data is not what it should be.
    """
    try:
        yield
    except (SQLAlchemyError, psycopg.Error, OSError, ValueError, OverflowError) as error:
        fault = fault_of(error, committing=committing)
        if isinstance(fault, Unavailable):
            raise fault from error
        # The driver repeats whole rows that violate a constraint: people's texts must not reach the log.
        raise fault from None


def fault_of(error: Exception, *, committing: bool) -> PortError:
    """Return the fault for an error of the driver or of SQLAlchemy; its reason holds no data."""
    cause = error.orig if isinstance(error, StatementError) and error.orig is not None else error
    state = (cause.sqlstate if isinstance(cause, psycopg.Error) else None) or ""
    if state in _CONFLICTS:
        return Conflict(f"a concurrent transaction interfered ({state})")
    if state in _SLOW:
        return TimedOut(f"the database took too long ({state})")
    if state == _DUPLICATE and isinstance(cause, psycopg.Error):
        return Duplicate(cause.diag.constraint_name)
    if isinstance(error, PoolTimeout):
        return Unavailable("no connection became free in time", retry=True)
    if _is_refused(cause, state, _NO_DATABASE, _NO_DATABASE_TEXT):
        return DatabaseMissing("the database server has no such database")
    if _is_refused(cause, state, _LOGIN, _LOGIN_TEXT):
        return LoginRefused("the database server refused the login")
    if _is_gone(error, cause, state):
        return Unavailable("the database cannot be reached", retry=not committing)
    what = f"{type(cause).__name__} {state} {_constraint(cause)}".strip()
    if isinstance(cause, (psycopg.DataError, psycopg.IntegrityError, ValueError, OverflowError)):
        return CorruptData(f"a value does not fit the database, or a stored one cannot be read: {what}")
    return PortError(f"the database refused a statement: {what}")


@contextmanager
def reading() -> Iterator[None]:
    """Turn what mapping a row to a domain value raises into a fault.

    Raises:
        CorruptData: stored data is not what it should be.
    """
    try:
        yield
    except (ValueError, OverflowError, LookupError, TypeError) as error:
        raise CorruptData("stored data cannot be read") from error


def _constraint(cause: BaseException) -> str:
    return (cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None) or ""


def _is_refused(cause: BaseException, state: str, code: str, words: re.Pattern[str]) -> bool:
    """Check whether the server refused the connection for one reason, by SQLSTATE where there is one."""
    if state:
        return state.startswith(code)
    return isinstance(cause, psycopg.OperationalError) and words.search(str(cause)) is not None


def _is_gone(error: Exception, cause: BaseException, state: str) -> bool:
    if state.startswith(_GONE) or isinstance(error, OSError):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(cause, (psycopg.OperationalError, psycopg.InterfaceError)) and not state
