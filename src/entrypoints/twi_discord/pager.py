"""Buttons that turn the pages of an answer."""

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol, TypeAlias, final

import aiohttp
import discord
from typing_extensions import override

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome
from twi_discord.errors import EXPIRED, NOT_YOURS
from twi_discord.identify import AnyInteraction
from twi_discord.render import Shown
from twi_discord.reply import PagerView

PREVIOUS: Final = "twi:pager:previous"
NEXT: Final = "twi:pager:next"
TIMEOUT: Final = 180.0
"""Seconds without a click after which the buttons go dead; less than the 15 minutes that Discord lets us edit."""

Fetch: TypeAlias = Callable[[Mapping[str, object], CallContext], Awaitable[Outcome[Shown, AppError]]]
Cursors: TypeAlias = tuple[str | None, ...]
"""The cursors of the pages seen so far, the shown one's last; the first page has none."""


class Turner(Protocol):
    """Run what a click asks for."""

    async def turn(self, interaction: AnyInteraction, pager: "Pager", cursors: Cursors) -> None:
        """Show the page of the last cursor."""
        ...

    async def refuse_click(self, interaction: AnyInteraction, error: AppError) -> None:
        """Tell the one who clicked, and nobody else."""
        ...

    async def report_click(self, interaction: AnyInteraction, error: Exception) -> None:
        """Tell the one who clicked that something broke."""
        ...


@final
class Pager(PagerView):
    """Turn the pages of one answer, for the one who asked for it; going back needs no cursor but those seen."""

    def __init__(
        self, turner: Turner, call: CallContext, fetch: Fetch, raw: Mapping[str, object], first: Shown
    ) -> None:
        super().__init__(timeout=TIMEOUT)
        self._turner = turner
        self._invoker = call.actor
        self._fetch = fetch
        self._raw = raw
        self._cursors: Cursors = (None,)
        self._next: str | None = None
        self._previous_button: discord.ui.Button[Pager] = _Button("Previous", PREVIOUS)
        self._next_button: discord.ui.Button[Pager] = _Button("Next", NEXT)
        self.add_item(self._previous_button).add_item(self._next_button)
        self.moved(self._cursors, first)

    async def page(self, cursor: str | None, call: CallContext) -> Outcome[Shown, AppError]:
        """Ask for a page with the rights of a call."""
        return await self._fetch(self._raw if cursor is None else {**self._raw, "after": cursor}, call)

    def moved(self, cursors: Cursors, shown: Shown) -> None:
        """Take note of the page that is shown now."""
        self._cursors = cursors
        self._next = shown.next
        self._previous_button.disabled = len(cursors) < 2
        self._next_button.disabled = shown.next is None

    def wanted(self, custom_id: str | None) -> Cursors:
        """Say where a button leads; a button that leads nowhere (its state was old) shows the same page again."""
        if custom_id == NEXT and self._next is not None:
            return (*self._cursors, self._next)
        return self._cursors[:-1] or self._cursors if custom_id == PREVIOUS else self._cursors

    async def clicked(self, interaction: AnyInteraction, custom_id: str | None) -> None:
        """Turn the page."""
        await self._turner.turn(interaction, self, self.wanted(custom_id))

    @override
    async def interaction_check(self, interaction: AnyInteraction, /) -> bool:
        """Let only the one who asked turn the pages; others get an answer of their own."""
        if interaction.user.id == self._invoker:
            return True
        await self._turner.refuse_click(interaction, AppError(NOT_YOURS))
        return False

    @override
    async def on_error(self, interaction: AnyInteraction, error: Exception, item: discord.ui.Item[Any], /) -> None:
        """Tell the one who clicked."""
        await self._turner.report_click(interaction, error)

    @override
    async def on_timeout(self) -> None:
        """Show that the buttons are dead."""
        self._previous_button.disabled = self._next_button.disabled = True
        if self.edit is not None:
            with contextlib.suppress(discord.HTTPException, aiohttp.ClientError, OSError):  # the message may be gone
                await self.edit(self)


@final
class _Button(discord.ui.Button[Pager]):
    def __init__(self, label: str, custom_id: str) -> None:
        super().__init__(label=label, custom_id=custom_id, style=discord.ButtonStyle.secondary)

    @override
    async def callback(self, interaction: AnyInteraction) -> None:
        if self.view is not None:
            await self.view.clicked(interaction, self.custom_id)


@final
class ExpiredPager(discord.ui.View):
    """Answer the buttons whose pager is gone: it timed out, or the bot was restarted."""

    def __init__(self, refuse: Callable[[AnyInteraction, AppError], Awaitable[None]]) -> None:
        super().__init__(timeout=None)
        self._refuse = refuse
        for custom_id in (PREVIOUS, NEXT):
            self.add_item(discord.ui.Button(custom_id=custom_id, label="…"))

    @override
    async def interaction_check(self, interaction: AnyInteraction, /) -> bool:
        """Refuse every click."""
        await self._refuse(interaction, AppError(EXPIRED))
        return False
