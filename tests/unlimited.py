"""A limiter for tests of something else."""

from collections.abc import Sequence
from typing import final

from twi_core.kernel.limiting import Decision, Window


@final
class Unlimited:
    """A limiter that allows every call."""

    async def acquire(self, windows: Sequence[Window], /) -> Decision:
        return Decision(windows[0], 0.0, windows[0].rate.amount, 0.0)

    async def peek(self, windows: Sequence[Window], /) -> Decision:
        return await self.acquire(windows)
