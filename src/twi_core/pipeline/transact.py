"""Retry a use case once if nothing can have been stored."""

import logging
from typing import Final, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.faults import PortError
from twi_core.kernel.handling import C, Handler, V
from twi_core.kernel.outcome import Outcome
from twi_core.kernel.policy import Policy

_log: Final = logging.getLogger(__name__)


@final
class Transact:
    """A middleware that retries once after a serialisation failure, deadlock, lost update, or early disconnect.

    The whole use case runs again, so it must not have effects outside its unit.
    """

    def wrap(self, policy: Policy, inner: Handler[C, V], /) -> Handler[C, V]:
        """Wrap a handler."""

        async def transacted(command: C, context: CallContext, /) -> Outcome[V, AppError]:
            try:
                return await inner(command, context)
            except PortError as error:
                if not error.retry:
                    raise
                _log.info("%s: retrying after %s", policy.name, type(error).__name__)
            return await inner(command, context)

        return transacted
