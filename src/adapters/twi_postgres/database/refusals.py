"""Refusals of a connection, and of schemas that can't be used or changed."""

from typing import Final, final

from twi_core.kernel.faults import Unavailable

SCHEMA_BEHIND: Final = "storage.schema_behind"
SCHEMA_AHEAD: Final = "storage.schema_ahead"
SCHEMA_DIRECTION: Final = "storage.schema_direction"
SCHEMA_DENIED: Final = "storage.schema_denied"
SCHEMA_FOREIGN: Final = "storage.schema_foreign"
TABLES_BUSY: Final = "storage.tables_busy"
UPGRADE_RUNNING: Final = "storage.upgrade_running"
EXTENSION_MISSING: Final = "storage.extension_missing"
ENCODING: Final = "storage.encoding"
LOGIN_REFUSED: Final = "storage.login_refused"
DATABASE_MISSING: Final = "storage.database_missing"


@final
class LoginRefused(Unavailable):
    """A login that the server refused: a wrong user or password, or a user who may not connect from here."""


@final
class DatabaseMissing(Unavailable):
    """A database that doesn't exist on the server."""


@final
class SchemaError(Exception):
    """A schema that can't be used or changed; the message says what to do, `code` is one of this module's constants."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
