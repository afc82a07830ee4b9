"""Listeners of our cogs for Discord's events, such that one that fails doesn't harm the others."""

import functools
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from discord.ext import commands


class ListenerHost(Protocol):
    """What runs listeners, such as `Host`."""

    async def listen(self, event: str, listener: Callable[[], Awaitable[None]]) -> None:
        """Run what a listener does."""
        ...


class Hosted(Protocol):
    """A cog that knows its host."""

    @property
    def host(self) -> ListenerHost:
        """Return the host."""
        ...


H = TypeVar("H", bound=Hosted)
P = ParamSpec("P")
Method = Callable[Concatenate[H, P], Coroutine[Any, Any, None]]


def listener(event: str) -> Callable[[Method[H, P]], Method[H, P]]:
    """Mark a method of a cog as the listener to an event, such as `on_member_join`; the cog has a `host`.

    An exception is logged once, under a reference and the event's name, and ends there: other listeners run, and the
    bot's `on_error` isn't called. When the process stops, running listeners are waited for, and no more are started.
    """

    def mark(method: Method[H, P]) -> Method[H, P]:
        @functools.wraps(method)
        async def listening(self: H, /, *args: P.args, **kwargs: P.kwargs) -> None:
            await self.host.listen(event, functools.partial(method, self, *args, **kwargs))

        return commands.Cog.listener(event)(listening)

    return mark
