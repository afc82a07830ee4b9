"""The embedded server's error and its codes."""

from typing import Final

DATA_OWNER: Final = "storage.data_owner"
DATA_VERSION: Final = "storage.data_version"
DATA_FOREIGN: Final = "storage.data_foreign"
BINARIES_MISSING: Final = "storage.binaries_missing"
BINARIES_UNUSABLE: Final = "storage.binaries_unusable"
SERVER_USER: Final = "storage.server_user"
START_FAILED: Final = "storage.start_failed"
STOP_FAILED: Final = "storage.stop_failed"
BUSY: Final = "storage.busy"
PLATFORM: Final = "storage.platform"


class EmbeddedServerError(Exception):
    """The embedded server can't be used.

    `code` is one of the constants of this module; `message` says what the host can do about it. It names
    folders and users of this machine, and holds no data and no secret.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
