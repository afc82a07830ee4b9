"""Deferring an interaction in time, where its answer will take longer."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final, final

import aiohttp
import discord

from twi_discord.replies.identify import AnyInteraction

DEFER_AFTER: Final = 1.5
"""Seconds after which an interaction is deferred (Discord gives up after 3)."""

_log: Final = logging.getLogger(__name__)


@final
class Deferral:
    """The deferral of an interaction that isn't answered in time; with `update` its answer changes the message."""

    def __init__(self, interaction: AnyInteraction, *, private: bool, update: bool) -> None:
        self._interaction = interaction
        self._private = private
        self._update = update
        self._deferring: asyncio.Task[None] | None = None
        self.on_deferred: Callable[[], None] | None = None
        """Called when the interaction is deferred."""
        # The clock starts once the call first waits for something: what never waits cannot be interrupted anyway.
        self._timer: asyncio.Handle = asyncio.get_running_loop().call_soon(self._start_clock)

    async def close(self) -> None:
        """Stop the clock; a deferral that is under way ends first."""
        self._timer.cancel()
        if self._deferring is not None:
            await self._deferring

    def _start_clock(self) -> None:
        age = (discord.utils.utcnow() - self._interaction.created_at).total_seconds()
        wait = min(max(DEFER_AFTER - age, 0.0), DEFER_AFTER)  # clocks differ: never longer, never less than at once
        self._timer = asyncio.get_running_loop().call_later(wait, self._start_deferring)

    def _start_deferring(self) -> None:
        if self.on_deferred is not None:
            self.on_deferred()
        self._deferring = asyncio.create_task(self._defer())

    async def _defer(self) -> None:
        response = self._interaction.response
        try:
            await (response.defer() if self._update else response.defer(ephemeral=self._private, thinking=True))
        except (discord.HTTPException, discord.InteractionResponded, aiohttp.ClientError, OSError) as error:
            _log.info("an interaction could not be deferred: %s", error)
