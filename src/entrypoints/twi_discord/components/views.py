"""Components and forms of ours: who may use them, what becomes of their errors, and how they expire."""

import contextlib
from collections.abc import Mapping
from typing import Any, Final, Protocol

import aiohttp
import discord
from discord import InteractionType
from discord.ui.select import BaseSelect
from typing_extensions import override

from twi_core.kernel.errors import AppError
from twi_core.kernel.ids import UserId
from twi_discord.errors import NOT_YOURS
from twi_discord.replies.identify import AnyInteraction
from twi_discord.replies.message import Answer, Message
from twi_discord.replies.reply import EditableView

_MARK: Final = "twi"
"""Begins the custom id of everything that is ours."""


class Under(Protocol):
    """The components under the message that a click belongs to."""

    def following(self, message: Message, /) -> EditableView | None:
        """Return the components under the message that takes the place of theirs."""
        ...


class Keeper(Protocol):
    """What components and forms need of their host."""

    async def run(
        self,
        source: AnyInteraction,
        answer: Answer,
        raw: Mapping[str, object],
        *,
        public: bool = True,
        under: Under | None = None,
    ) -> None:
        """Run a call; with `under` its answer takes the place of the message under which these components are."""
        ...

    async def refuse(self, source: AnyInteraction, error: AppError) -> None:
        """Refuse an interaction."""
        ...

    async def acknowledge(self, source: AnyInteraction) -> None:
        """Accept a click that calls nothing."""
        ...

    async def report(self, source: AnyInteraction, error: Exception) -> None:
        """Answer an exception that came from outside of `run`."""
        ...

    def keep(self, key: str, listening: discord.ui.View | discord.ui.Modal) -> None:
        """Remember what listens under a key; once it listens no more, its clicks are refused as expired."""
        ...


def custom_id(key: str, name: str) -> str:
    """Return the custom id of a component; `key` is of its view or form, `name` of itself."""
    return f"{_MARK}:{key}:{name}"


def id_of(interaction: AnyInteraction) -> str | None:
    """Return the custom id of the component or form of ours that an interaction is for; none for everybody else's."""
    if interaction.type not in (InteractionType.component, InteractionType.modal_submit):
        return None
    data: Mapping[str, object] = {**(interaction.data or {})}
    named = str(data.get("custom_id"))
    return named if named.startswith(f"{_MARK}:") else None


def key_of(named: str) -> str:
    """Return the key of the view or form that a custom id of ours belongs to."""
    return named.split(":")[1]


class HostedView(EditableView):
    """Components whose clicks are each answered once.

    Only `invoker` may use them, or everybody where there is none; others are refused. After `timeout` seconds without a
    click they go dead visibly; one with no timeout, a fixed `key` and no invoker outlives a restart if `bot.add_view`
    is called at the next start. A component's callback does nothing but call `host.run(…, under=self)`.
    """

    def __init__(self, host: Keeper, key: str, *, invoker: UserId | None, timeout: float | None) -> None:
        super().__init__(timeout=timeout)
        self.host = host
        self.key = key
        self._invoker = invoker
        host.keep(key, self)

    def following(self, _: Message, /) -> EditableView | None:
        """See `Under`: the same components stay."""
        return self

    def listens_to(self, named: str) -> bool:
        """Return whether a component with that custom id is among those that are shown."""
        return any(getattr(item, "custom_id", None) == named for item in self.children)

    @override
    async def interaction_check(self, interaction: AnyInteraction, /) -> bool:
        """Accept clicks of the invoker only; others are refused in private."""
        return await is_invoker(self.host, self._invoker, interaction)

    @override
    async def on_error(self, interaction: AnyInteraction, error: Exception, item: discord.ui.Item[Any], /) -> None:
        """Answer the person who clicked."""
        await self.host.report(interaction, error)

    @override
    async def on_timeout(self) -> None:
        """Show that the components are dead."""
        for item in self.children:
            if isinstance(item, discord.ui.Button | BaseSelect) and item.is_dispatchable():  # no mere link
                item.disabled = True
        if self.edit is not None:
            with contextlib.suppress(discord.HTTPException, aiohttp.ClientError, OSError):  # the message may be gone
                await self.edit(self)


async def is_invoker(host: Keeper, invoker: UserId | None, interaction: AnyInteraction) -> bool:
    """Return whether an interaction may be acted upon, and refuse it if not."""
    if invoker is None or interaction.user.id == invoker:
        return True
    await host.refuse(interaction, AppError(NOT_YOURS))
    return False
