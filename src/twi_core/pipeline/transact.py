"""Run a use case once more where nothing can have been stored."""

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
    """Retry once after a serialisation failure, a deadlock, a lost update, or a disconnect before the commit.

    The whole use case runs again, so it has no effect outside its unit.
    """

    def wrap(self, policy: Policy, inner: Handler[C, V], /) -> Handler[C, V]:
        """Wrap a handler."""

        async def transacted(command: C, context: CallContext, /) -> Outcome[V, AppError]:
            try:
                return await inner(command, context)
            except PortError as error:
                if not error.retry:
                    raise
                _log.info("%s: once more after %s", policy.name, type(error).__name__)
            return await inner(command, context)

        return transacted
