"""Record what went wrong: refusals shown to people, and bugs."""

from contextvars import ContextVar
from typing import Final, Protocol, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError

silent: Final[ContextVar[bool]] = ContextVar("silent", default=False)
"""Whether the current call's refusals are shown to nobody, as during autocompletion; then none is recorded."""


class Recorder(Protocol):
    """A recorder of failures, by the reference of their call; immediate, never waiting and never raising."""

    def refused(self, error: AppError, operation: str | None, context: CallContext, /) -> None:
        """Record an answer to a caller; several notes of one call become one. Parameter values aren't kept."""
        ...

    def failed(self, exception: BaseException, where: str, context: CallContext, /) -> None:
        """Record an unexpected exception that broke off a call; `where` is its operation, or what an entrypoint did."""
        ...


@final
class NoRecorder:
    """A recorder that records nothing."""

    def refused(self, _error: AppError, _operation: str | None, _context: CallContext, /) -> None:
        """See `Recorder`."""

    def failed(self, _exception: BaseException, _where: str, _context: CallContext, /) -> None:
        """See `Recorder`."""
