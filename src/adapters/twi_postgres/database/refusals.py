"""Why a schema cannot be used or changed."""

from typing import Final, final

SCHEMA_BEHIND: Final = "storage.schema_behind"
SCHEMA_AHEAD: Final = "storage.schema_ahead"
SCHEMA_DIRECTION: Final = "storage.schema_direction"
SCHEMA_DENIED: Final = "storage.schema_denied"
SCHEMA_FOREIGN: Final = "storage.schema_foreign"
TABLES_BUSY: Final = "storage.tables_busy"
UPGRADE_RUNNING: Final = "storage.upgrade_running"
EXTENSION_MISSING: Final = "storage.extension_missing"
ENCODING: Final = "storage.encoding"


@final
class SchemaError(Exception):
    """A schema cannot be used or changed; the message says what to do, `code` is one of this module's constants."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
