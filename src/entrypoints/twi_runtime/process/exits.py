"""Reasons why the process can't start or go on, and the exit codes of the command line."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final, final

from twi_core.kernel.errors import AppError, Kind
from twi_core.kernel.language import ENGLISH, speaking
from twi_core.kernel.wording import PlainWording
from twi_runtime.plain import plain


@final
class Exit(IntEnum):
    """The exit codes; a process that was asked to stop and drained cleanly ends with `OK`."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    CHECK_FAILED = 3
    INVALID = 10
    UNAUTHENTICATED = 11
    FORBIDDEN = 12
    NOT_FOUND = 13
    CONFLICT = 14
    THROTTLED = 15
    UNAVAILABLE = 16
    TIMEOUT = 17
    SETTINGS = 78
    INTERRUPTED = 130
    TERMINATED = 143


EXITS: Final[Mapping[Kind, Exit]] = {
    Kind.INVALID: Exit.INVALID,
    Kind.UNAUTHENTICATED: Exit.UNAUTHENTICATED,
    Kind.FORBIDDEN: Exit.FORBIDDEN,
    Kind.NOT_FOUND: Exit.NOT_FOUND,
    Kind.CONFLICT: Exit.CONFLICT,
    Kind.THROTTLED: Exit.THROTTLED,
    Kind.UNAVAILABLE: Exit.UNAVAILABLE,
    Kind.TIMEOUT: Exit.TIMEOUT,
    Kind.INTERNAL: Exit.UNEXPECTED,
}
"""The exit code of each kind of refusal; the only table of them."""


class RuntimeFailure(Exception):
    """The reason, with a registered code, why the process can't start or go on; its message is for the host.

    `exit_code` defaults to that of the error's kind.
    """

    def __init__(self, error: AppError, exit_code: int | None = None) -> None:
        wording = PlainWording(plain)
        with speaking(ENGLISH):  # the log has one language, whatever the terminal's is
            super().__init__(f"{error.code}: {error.message(wording)} {error.hint(wording)}")
        self.error = error
        self.exit_code: int = EXITS[error.kind] if exit_code is None else exit_code


@final
class FatalServerError(RuntimeFailure):
    """The reason why an entrypoint can't serve, when retrying is no use, such as a token that Discord refuses."""

    def __init__(self, error: AppError, exit_code: int = Exit.SETTINGS) -> None:
        super().__init__(error, exit_code)
