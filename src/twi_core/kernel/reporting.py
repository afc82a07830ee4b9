"""Take note of what went wrong: what people were refused, and which bugs came to light."""

from contextvars import ContextVar
from typing import Final, Protocol, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError

silent: Final[ContextVar[bool]] = ContextVar("silent", default=False)
"""Whether nobody is shown the refusals of the call that runs now, as while somebody types; then none is noted."""


class Recorder(Protocol):
    """Note failures under the reference of their call; at once, without waiting for anything, and never raising."""

    def refused(self, error: AppError, operation: str | None, context: CallContext, /) -> None:
        """Note what a caller was told; several notes of one call become one. No parameter's value is kept."""
        ...

    def failed(self, exception: BaseException, where: str, context: CallContext, /) -> None:
        """Note an unexpected exception that broke off a call; `where` is its operation, or what an entrypoint did."""
        ...


@final
class NoRecorder:
    """Note nothing."""

    def refused(self, _error: AppError, _operation: str | None, _context: CallContext, /) -> None:
        """See `Recorder`."""

    def failed(self, _exception: BaseException, _where: str, _context: CallContext, /) -> None:
        """See `Recorder`."""
