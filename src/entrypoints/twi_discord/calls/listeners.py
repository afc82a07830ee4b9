"""Let cogs of ours hear what happens on Discord, without one that fails harming the others."""

import functools
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from discord.ext import commands


class Hearing(Protocol):
    """Run what a listener does; `Host` does that."""

    async def hear(self, event: str, heard: Callable[[], Awaitable[None]]) -> None:
        """Run it."""
        ...


class Hosted(Protocol):
    """Be a cog that knows its host."""

    @property
    def host(self) -> Hearing:
        """Return the host."""
        ...


H = TypeVar("H", bound=Hosted)
P = ParamSpec("P")
Method = Callable[Concatenate[H, P], Coroutine[Any, Any, None]]


def listener(event: str) -> Callable[[Method[H, P]], Method[H, P]]:
    """Mark a method of a cog as one that hears an event, such as `on_member_join`; the cog has a `host`.

    An exception is logged once, under a reference and the event's name, and ends there: other listeners run, and the
    bot's `on_error` hears nothing. A running listener is waited for when the process stops; then nothing more is heard.
    """

    def mark(method: Method[H, P]) -> Method[H, P]:
        @functools.wraps(method)
        async def heard(self: H, /, *args: P.args, **kwargs: P.kwargs) -> None:
            await self.host.hear(event, functools.partial(method, self, *args, **kwargs))

        return commands.Cog.listener(event)(heard)

    return mark
