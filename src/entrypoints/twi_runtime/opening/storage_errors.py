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


_DOCTOR: Final = "Run `twi doctor` once that is mended."
_STATUS: Final = "`twi db status` tells where the database stands."

_MEND: Final = (
    _refusal("storage.data_owner", _DOCTOR, "The data folder belongs to somebody else, or cannot be made."),
    _refusal("storage.data_version", _DOCTOR, "The data was made by another major version of PostgreSQL."),
    _refusal("storage.data_foreign", _DOCTOR, "The data folder holds something that the embedded server did not make."),
    _refusal("storage.binaries_missing", _DOCTOR, "PostgreSQL's programs are not where they should be."),
    _refusal("storage.binaries_unusable", _DOCTOR, "PostgreSQL's programs do not run on this machine."),
    _refusal("storage.platform", _DOCTOR, "The embedded server runs on Linux only, with /proc mounted."),
    _refusal("storage.server_user", _DOCTOR, "There is no user that the embedded server could run as."),
    _refusal("storage.schema_behind", _STATUS, "The database was made by an older version, or is empty."),
    _refusal("storage.schema_ahead", _STATUS, "The database was upgraded by a newer version of the program."),
    _refusal("storage.schema_denied", _STATUS, "The database user may not create or use the bot's PostgreSQL schema."),
    _refusal(
        "storage.schema_foreign", _STATUS, "Another program uses the bot's PostgreSQL schema, or tables are lost."
    ),
    _refusal("storage.extension_missing", _STATUS, "The extension pg_trgm is missing, or the user may not use it."),
    _refusal("storage.encoding", _STATUS, "The database does not store text as UTF-8."),
)
_WAIT: Final = (
    _refusal("storage.start_failed", "Run `twi doctor`.", "The embedded server does not start or does not answer."),
    _refusal("storage.stop_failed", "Run `twi doctor`.", "The embedded server does not stop."),
    _refusal("storage.busy", "Try again in a minute.", "Another process is starting or stopping the embedded server."),
    _refusal("storage.upgrade_running", "Try again in a minute.", "Another process is changing the schema."),
    _refusal("storage.tables_busy", _STATUS, "Others hold tables that an upgrade has to change."),
)
_PASSED: Final = "An upgrade to a revision that the database has passed was asked for, or a downgrade to one above it."
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
    cause="The user or the password in TWI_DATABASE_URL is wrong, or the server does not let that user connect.",
)
REFUSALS: Final[Mapping[str, tuple[ErrorCode, int]]] = {
    **{definition.code: (definition, Exit.SETTINGS) for definition in _MEND},
    **{definition.code: (definition, Exit.UNAVAILABLE) for definition in _WAIT},
    _DIRECTION.code: (_DIRECTION, Exit.INVALID),
    LOGIN_REFUSED.code: (LOGIN_REFUSED, Exit.SETTINGS),
}
"""Each code with the exit code it ends the process with: 78 if something must be changed first."""


@contextmanager
def storage_failures() -> Iterator[None]:
    """Turn errors raised while a storage is opened or maintained into failures with registered codes.

    Raises:
        RuntimeFailure: with one of `REFUSALS`, `storage.unavailable` or `storage.timed_out`.
    """
    from twi_embedded.errors import EmbeddedServerError
    from twi_postgres.database.refusals import LoginRefused, SchemaError

    try:
        yield
    except (EmbeddedServerError, SchemaError) as error:
        definition, exit_code = REFUSALS[error.code]
        raise RuntimeFailure(AppError(definition, {"problem": error.message}), exit_code) from error
    except LoginRefused as error:
        _log.error("the database server refused the login: %s", _first_cause(error))
        raise RuntimeFailure(AppError(LOGIN_REFUSED), Exit.SETTINGS) from error
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
    message="The database refuses what the bot needs.",
    hint="Look at the database server's log; `twi doctor` checks again.",
    cause="The database user may not do something, or the database is damaged.",
)
