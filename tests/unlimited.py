"""A limiter for tests of something else."""

from collections.abc import Sequence
from typing import final

from twi_core.kernel.limiting import Taken, Window


@final
class Unlimited:
    """Let every call pass."""

    async def take(self, windows: Sequence[Window], /) -> Taken:
        return Taken(windows[0], 0.0, windows[0].rate.amount, 0.0)

    async def peek(self, windows: Sequence[Window], /) -> Taken:
        return await self.take(windows)
