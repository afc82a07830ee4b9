"""Registered codes for storage that can't be opened; the adapters supply the message."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from twi_core.kernel.errors import AppError, ErrorCode, Kind, define_error
from twi_core.kernel.faults import PortError, TimedOut, Unavailable
from twi_core.pipeline.guard import TIMED_OUT, UNAVAILABLE
from twi_runtime.process.exits import Exit, RuntimeFailure

_log: Final = logging.getLogger(__name__)


def _refusal(code: str, hint: str, cause: str) -> ErrorCode:
    return define_error(code, Kind.UNAVAILABLE, message="{problem}", hint=hint, cause=cause, example={"problem": cause})


_DOCTOR: Final = "Run `twi doctor` once that's fixed."
_STATUS: Final = "See the state of the database: twi db status"
_CHECK: Final = "Find out what's wrong: twi doctor"
_LATER: Final = "Try again in a minute."

_MEND: Final = (
    _refusal("storage.data_owner", _DOCTOR, "The data folder belongs to another user, or can't be created."),
    _refusal("storage.data_version", _DOCTOR, "The data was created by another major version of PostgreSQL."),
    _refusal("storage.data_foreign", _DOCTOR, "The data folder contains something that isn't the bot's database."),
    _refusal("storage.binaries_missing", _DOCTOR, "PostgreSQL's programs aren't where they should be."),
    _refusal("storage.binaries_unusable", _DOCTOR, "PostgreSQL's programs don't run on this machine."),
    _refusal("storage.platform", _DOCTOR, "The embedded server runs on Linux only, with /proc mounted."),
    _refusal("storage.server_user", _DOCTOR, "There's no user that the embedded server could run as."),
    _refusal("storage.schema_behind", _STATUS, "The database was created by an older version, or is empty."),
    _refusal("storage.schema_ahead", _STATUS, "The database was upgraded by a newer version of the program."),
    _refusal("storage.schema_denied", _STATUS, "The database user can't create or use the bot's PostgreSQL schema."),
    _refusal(
        "storage.schema_foreign", _STATUS, "Another program uses the bot's PostgreSQL schema, or tables were lost."
    ),
    _refusal("storage.extension_missing", _STATUS, "The extension pg_trgm is missing, or the user can't use it."),
    _refusal("storage.encoding", _STATUS, "The database doesn't store text as UTF-8."),
)
_WAIT: Final = (
    _refusal("storage.start_failed", _CHECK, "The embedded server doesn't start or doesn't answer."),
    _refusal("storage.stop_failed", _CHECK, "The embedded server doesn't stop."),
    _refusal("storage.busy", _LATER, "Another process is starting or stopping the embedded server."),
    _refusal("storage.upgrade_running", _LATER, "Another process is changing the schema."),
    _refusal("storage.tables_busy", _STATUS, "Tables that an upgrade has to change are in use."),
)
_PASSED: Final = "An upgrade names an older revision than the database has, or a downgrade a newer one."
_DIRECTION: Final = define_error(
    "storage.schema_direction",
    Kind.INVALID,
    message="{problem}",
    hint=_STATUS,
    cause=_PASSED,
    example={"problem": _PASSED},
)
LOGIN_REFUSED: Final = define_error(
    "storage.login_refused",
    Kind.UNAVAILABLE,
    message="The database server refused the bot's login.",
    hint="Correct the user and password in TWI_DATABASE_URL, then run `twi doctor`.",
    cause="The user or the password in TWI_DATABASE_URL is wrong, or the server doesn't let that user connect.",
)
DATABASE_MISSING: Final = define_error(
    "storage.database_missing",
    Kind.UNAVAILABLE,
    message="The database server has no database of that name.",
    hint="Create the database, or correct its name in TWI_DATABASE_URL. Then run `twi doctor`.",
    cause="The database in TWI_DATABASE_URL doesn't exist on the server.",
)
_UNUSABLE_URL: Final = (DATABASE_MISSING, LOGIN_REFUSED)
REFUSALS: Final[Mapping[str, tuple[ErrorCode, int]]] = {
    **{definition.code: (definition, Exit.SETTINGS) for definition in _MEND},
    **{definition.code: (definition, Exit.UNAVAILABLE) for definition in _WAIT},
    _DIRECTION.code: (_DIRECTION, Exit.INVALID),
    **{definition.code: (definition, Exit.SETTINGS) for definition in _UNUSABLE_URL},
}
"""Each code with the exit code it ends the process with: 78 if something must be changed first."""


@contextmanager
def storage_failures() -> Iterator[None]:
    """Turn errors raised while a storage is opened or maintained into failures with registered codes.

    Raises:
        RuntimeFailure: with one of `REFUSALS`, `storage.unavailable` or `storage.timed_out`.
    """
    from twi_embedded.errors import EmbeddedServerError
    from twi_postgres.database.refusals import DatabaseMissing, LoginRefused, SchemaError

    try:
        yield
    except (EmbeddedServerError, SchemaError) as error:
        definition, exit_code = REFUSALS[error.code]
        raise RuntimeFailure(AppError(definition, {"problem": error.message}), exit_code) from error
    except (DatabaseMissing, LoginRefused) as error:
        _log.error("the database server refused the connection: %s", _first_cause(error))
        refusal = DATABASE_MISSING if isinstance(error, DatabaseMissing) else LOGIN_REFUSED
        raise RuntimeFailure(AppError(refusal), Exit.SETTINGS) from error
    except Unavailable as error:
        _log.error("the storage cannot be reached: %s", _first_cause(error))
        raise RuntimeFailure(AppError(UNAVAILABLE)) from error
    except TimedOut as error:
        raise RuntimeFailure(AppError(TIMED_OUT)) from error
    except PortError as error:
        raise RuntimeFailure(AppError(REFUSED)) from error


def _first_cause(error: BaseException) -> BaseException:
    """Return the error at the start of the chain: only the driver says why the server can't be reached."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


REFUSED: Final = define_error(
    "storage.refused",
    Kind.UNAVAILABLE,
    message="The database refuses something that the bot needs.",
    hint="Read the database server's log, then run `twi doctor`.",
    cause="The database user lacks a permission, or the database is damaged.",
)
