"""Buttons that turn the pages of an answer."""

from collections.abc import Mapping
from typing import Final, TypeAlias, final

import discord
from typing_extensions import override

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome, Success
from twi_discord.components.views import HostedView, Keeper, custom_id
from twi_discord.replies.identify import AnyInteraction
from twi_discord.replies.render import Answer, Message

PREVIOUS: Final = "previous"
NEXT: Final = "next"
TIMEOUT: Final = 180.0
"""Seconds without a click after which the buttons go dead; less than the 15 minutes that Discord lets us edit."""

Cursors: TypeAlias = tuple[str | None, ...]
"""The cursors of the pages seen so far, the shown one's last; the first page has none."""


@final
class Pager(HostedView):
    """Turn the pages of one answer, for the one who asked for it; going back needs no cursor but those seen."""

    def __init__(
        self, host: Keeper, call: CallContext, fetch: Answer, raw: Mapping[str, object], first: Message
    ) -> None:
        super().__init__(host, call.correlation_id, invoker=call.actor, timeout=TIMEOUT)
        self._fetch = fetch
        self._raw = raw
        self._previous_button = _Button(self.key, "Previous", PREVIOUS)
        self._next_button = _Button(self.key, "Next", NEXT)
        self.add_item(self._previous_button).add_item(self._next_button)
        self._moved((None,), first)

    async def clicked(self, interaction: AnyInteraction, button: str) -> None:
        """Show another page in place, by the rights that its reader has now."""
        cursors = self._wanted(button)

        async def page(raw: Mapping[str, object], call: CallContext, /) -> Outcome[Message, AppError]:
            outcome = await self._fetch(raw if cursors[-1] is None else {**raw, "after": cursors[-1]}, call)
            if isinstance(outcome, Success):
                self._moved(cursors, outcome.unwrap())
            return outcome

        await self.host.run(interaction, page, self._raw, under=self)

    def _moved(self, cursors: Cursors, shown: Message) -> None:
        self._cursors = cursors
        self._next = shown.next
        self._previous_button.disabled = len(cursors) < 2
        self._next_button.disabled = shown.next is None

    def _wanted(self, button: str) -> Cursors:
        """Say where a button leads; a button that leads nowhere (its state was old) shows the same page again."""
        if button == NEXT and self._next is not None:
            return (*self._cursors, self._next)
        return self._cursors[:-1] or self._cursors if button == PREVIOUS else self._cursors


@final
class _Button(discord.ui.Button[Pager]):
    def __init__(self, key: str, label: str, name: str) -> None:
        super().__init__(label=label, custom_id=custom_id(key, name), style=discord.ButtonStyle.secondary)
        self._name = name

    @override
    async def callback(self, interaction: AnyInteraction) -> None:
        if self.view is not None:
            await self.view.clicked(interaction, self._name)
