"""Answer each call exactly once, in time, whatever Discord makes of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, Protocol, TypeAlias, final

import aiohttp
import discord
from discord import InteractionResponseType

from twi_discord.identify import AnyContext, AnyInteraction
from twi_discord.render import Body, layout

DEFER_AFTER: Final = 1.5
"""Seconds after which an interaction is told that the answer will take longer (Discord gives up after 3)."""
PAUSES: Final = (0.5, 1.0)
"""Seconds before a failed answer is sent again; then it is given up."""

ALREADY_ANSWERED: Final = 40060
SERVER_ERROR: Final = 500

Edit: TypeAlias = Callable[[discord.ui.View], Awaitable[object]]
"""Show another state of the buttons under an answer."""

_log: Final = logging.getLogger(__name__)


class PagerView(discord.ui.View):
    """Be buttons under an answer; `edit`, set when they were sent, shows another state of them."""

    edit: Edit | None = None


class Reply(Protocol):
    """Answer one call."""

    async def success(self, bodies: Sequence[Body], view: PagerView | None = None) -> None:
        """Show a success. Raises nothing: what was done must not be told as a failure."""
        ...

    async def refuse(self, body: Body) -> None:
        """Tell a refusal, to the caller alone where Discord can do that. Raises nothing."""
        ...

    async def close(self) -> None:
        """Stop the clock; a deferral that is under way ends first."""
        ...


@final
class MessageReply:
    """Answer a written command by a reply that pings nobody; `reference` keeps a repeated one from showing twice."""

    def __init__(self, context: AnyContext, reference: str) -> None:
        self._message = context.message
        self._reference = reference
        self._sent = 0

    async def success(self, bodies: Sequence[Body], view: PagerView | None = None) -> None:
        """See `Reply`."""
        for body in bodies:
            if not await self._send(body, view):
                await self._send(_unshown(self._reference), None)
            view = None

    async def refuse(self, body: Body) -> None:
        """See `Reply`; it is public."""
        await self._send(body, None)

    async def close(self) -> None:
        """See `Reply`."""

    async def _send(self, body: Body, view: PagerView | None) -> bool:
        self._sent += 1
        nonce = f"{self._reference}-{self._sent}"
        to = self._message.to_reference(fail_if_not_exists=False)

        async def send() -> None:
            channel = self._message.channel
            if view is None:
                await channel.send(**body, reference=to, mention_author=False, nonce=nonce)
                return
            sent = await channel.send(**body, reference=to, mention_author=False, nonce=nonce, view=view)
            view.edit = lambda changed: sent.edit(view=changed)

        return await deliver(send, self._reference)


@final
class InteractionReply:
    """Answer an interaction; with `update` it came from a button and its message is changed in place."""

    def __init__(
        self, interaction: AnyInteraction, reference: str, *, public: bool = True, update: bool = False
    ) -> None:
        self._interaction = interaction
        self._reference = reference
        self._public = public
        self._update = update
        self._deferring: asyncio.Task[None] | None = None
        # The clock starts once the call first waits for something: what never waits cannot be interrupted anyway.
        self._timer: asyncio.Handle = asyncio.get_running_loop().call_soon(self._start_clock)

    def _start_clock(self) -> None:
        age = (discord.utils.utcnow() - self._interaction.created_at).total_seconds()
        wait = min(max(DEFER_AFTER - age, 0.0), DEFER_AFTER)  # clocks differ: never longer, never less than at once
        self._timer = asyncio.get_running_loop().call_later(wait, self._start_deferring)

    def _start_deferring(self) -> None:
        self._deferring = asyncio.create_task(self._defer())

    async def _defer(self) -> None:
        response = self._interaction.response
        if response.is_done():
            return
        try:
            await (response.defer() if self._update else response.defer(ephemeral=not self._public, thinking=True))
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            _log.info("reference %s: could not be deferred: %s", self._reference, error)

    async def close(self) -> None:
        """See `Reply`."""
        self._timer.cancel()
        if self._deferring is not None:
            await self._deferring

    async def success(self, bodies: Sequence[Body], view: PagerView | None = None) -> None:
        """See `Reply`."""
        await self.close()
        first, *rest = bodies
        if not await self._deliver_first(first, view):
            await self._deliver_first(_unshown(self._reference), None)
        for body in rest:
            await deliver(partial(self._follow, body, private=not self._public), self._reference, pauses=())

    async def _deliver_first(self, body: Body, view: PagerView | None) -> bool:
        return await deliver(lambda: self._first(body, view), self._reference, lambda: self._edit(body, view))

    async def refuse(self, body: Body) -> None:
        """See `Reply`; nobody else sees it."""
        await self.close()
        waiting = self._interaction.response.type is InteractionResponseType.deferred_channel_message
        if not self._interaction.response.is_done():
            await deliver(lambda: self._refuse_first(body), self._reference, lambda: self._edit(body, None))
        elif waiting and not self._public:
            await deliver(lambda: self._edit(body, None), self._reference)
        elif waiting:
            await self._refuse_after_public_wait(body)
        else:
            await deliver(lambda: self._follow(body, private=True), self._reference)

    async def _first(self, body: Body, view: PagerView | None) -> None:
        response = self._interaction.response
        if response.type is InteractionResponseType.channel_message:
            await self._follow(body, private=not self._public)  # somebody else has answered before us
        elif response.is_done():
            await self._edit(body, view)
        elif self._update:
            await response.edit_message(**body, view=view)
        elif view is None:
            await response.send_message(**body, ephemeral=not self._public)
        else:
            await response.send_message(**body, ephemeral=not self._public, view=view)
        if view is not None:
            view.edit = lambda changed: self._interaction.edit_original_response(view=changed)

    async def _edit(self, body: Body, view: PagerView | None) -> None:
        await self._interaction.edit_original_response(**body, view=view)
        if view is not None:
            view.edit = lambda changed: self._interaction.edit_original_response(view=changed)

    async def _refuse_first(self, body: Body) -> None:
        await self._interaction.response.send_message(**body, ephemeral=True)

    async def _follow(self, body: Body, *, private: bool) -> None:
        await self._interaction.followup.send(**body, ephemeral=private)

    async def _refuse_after_public_wait(self, body: Body) -> None:
        """Take back a public "thinking": only once it is a message does the next one count as one of its own."""
        interaction = self._interaction
        await deliver(lambda: interaction.edit_original_response(content="…"), self._reference)
        await deliver(lambda: self._follow(body, private=True), self._reference)
        await deliver(interaction.delete_original_response, self._reference)


async def deliver(
    send: Callable[[], Awaitable[object]],
    reference: str,
    again: Callable[[], Awaitable[object]] | None = None,
    *,
    pauses: Sequence[float] = PAUSES,
) -> bool:
    """Send an answer, a few times if need be; false where Discord refuses it as it is, so that another may be tried.

    Args:
        send: Sends it.
        reference: The call's, for the log.
        pauses: Seconds before each further attempt; none for a further part, which could be shown twice.
        again: Sends it where Discord says that there is an answer already: ours, whose arrival we were not told of.
    """
    attempt = send
    for pause in (*pauses, None):
        try:
            await attempt()
        except discord.HTTPException as error:
            if error.code == ALREADY_ANSWERED:
                if again is None or attempt is again:
                    return True
                attempt = again
                continue
            if isinstance(error, discord.NotFound):  # too late, or the message or channel is gone: nobody to tell
                _log.info("reference %s: the answer came too late: %s", reference, error)
                return True
            if error.status < SERVER_ERROR:
                _log.warning("reference %s: Discord refused the answer: %s", reference, error)
                return False
            _log.info("reference %s: the answer failed: %s", reference, error)
        except (aiohttp.ClientError, OSError) as error:
            _log.info("reference %s: the answer failed: %s", reference, error)
        else:
            return True
        if pause is not None:
            await asyncio.sleep(pause)
    _log.warning("reference %s: the answer was given up", reference)
    return True


def _unshown(reference: str) -> Body:
    return layout(f"This worked, but Discord would not show the answer.\n-# reference `{reference}`")[0]
