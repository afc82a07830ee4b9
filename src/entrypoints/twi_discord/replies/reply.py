"""The answer to a call: sent exactly once, in time, whatever Discord makes of it."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol, TypeAlias, final

import discord
from discord import InteractionResponseType, app_commands
from discord.ext import commands

from twi_discord.replies.deferral import Deferral
from twi_discord.replies.delivery import PAUSES, Fate, deliver
from twi_discord.replies.identify import AnyContext, AnyInteraction
from twi_discord.replies.markup import Markup, code, lines, say
from twi_discord.replies.message import Message
from twi_discord.replies.render import Body, layout

Edit: TypeAlias = Callable[[discord.ui.View], Awaitable[object]]
"""Show another state of the components under an answer."""

Delete: TypeAlias = Callable[[], Awaitable[object]]
"""Delete a message."""

Source: TypeAlias = AnyContext | AnyInteraction
"""What Discord sent: a written command, or an interaction of any kind."""


class EditableView(discord.ui.View):
    """Components under an answer.

    `edit`, set when they were sent, shows another state of them. `rest` deletes the further messages of an answer that
    one did not hold, so that they go when another answer takes its place.
    """

    edit: Edit | None = None
    rest: Sequence[Delete] = ()


class Reply(Protocol):
    """The answer to one call."""

    begun: bool
    """Whether an answer was begun, so that no other one may follow."""
    public: bool
    """Whether others than the caller read a success."""

    async def success(self, bodies: Sequence[Body], view: EditableView | None = None) -> None:
        """Show a success. Raises nothing: what was done must not be shown as a failure."""
        ...

    async def open(self, modal: discord.ui.Modal, /) -> bool:
        """Open a form; false where that cannot be, so that something else may be shown. Raises nothing."""
        ...

    async def refuse(self, body: Body) -> None:
        """Show a refusal, to the caller alone where Discord can do that. Raises nothing."""
        ...

    def once_slow(self, notify: Callable[[], None], /) -> None:
        """Call `notify` when the answer is late enough to be deferred; for a message that is now."""
        ...

    async def close(self) -> None:
        """Stop the clock; a deferral that is under way ends first."""
        ...


def interaction_of(source: Source) -> AnyInteraction | None:
    """Return the interaction that a call came with; none for a written command."""
    return source.interaction if isinstance(source, commands.Context) else source


def reply_to(source: Source, reference: str, *, public: bool, update: bool = False) -> Reply:
    """Return what answers a call; with `update` it came from a component, whose message a success changes in place."""
    if isinstance(source, commands.Context):
        if source.interaction is None:
            return MessageReply(source, reference)
        source = source.interaction
    return InteractionReply(source, reference, public=public, update=update)


@final
class MessageReply:
    """The reply to a written command, which pings nobody; `reference` keeps a repeated one from showing twice."""

    def __init__(self, context: AnyContext, reference: str) -> None:
        self.begun = False
        self.public = context.guild is not None
        self._message = context.message
        self._reference = reference
        self._sent = 0

    async def success(self, bodies: Sequence[Body], view: EditableView | None = None) -> None:
        """See `Reply`."""
        self.begun = True
        for number, body in enumerate(bodies):
            if await self._send(body, view, further=number > 0) is Fate.REFUSED:
                await self._send(_unshown(self._reference), None)

    async def open(self, _: discord.ui.Modal, /) -> bool:
        """See `Reply`: a message opens nothing."""
        return False

    async def refuse(self, body: Body) -> None:
        """See `Reply`; it is public."""
        self.begun = True
        if await self._send(body, None) is Fate.REFUSED:
            await self._send(_unexplained(self._reference), None)

    def once_slow(self, notify: Callable[[], None], /) -> None:
        """See `Reply`."""
        notify()

    async def close(self) -> None:
        """See `Reply`."""

    async def _send(self, body: Body, view: EditableView | None, *, further: bool = False) -> Fate:
        self._sent += 1
        nonce = f"{self._reference}-{self._sent}"
        to = self._message.to_reference(fail_if_not_exists=False)

        async def send() -> None:
            channel = self._message.channel
            if view is None or further:
                sent = await channel.send(**body, reference=to, mention_author=False, nonce=nonce)
                _remember(sent, view)
                return
            sent = await channel.send(**body, reference=to, mention_author=False, nonce=nonce, view=view)
            view.edit = lambda changed: sent.edit(view=changed)

        return await deliver(send, self._reference)


@final
class InteractionReply:
    """The answer to an interaction; with `update` it came from a component and its message is changed in place."""

    def __init__(
        self, interaction: AnyInteraction, reference: str, *, public: bool = True, update: bool = False
    ) -> None:
        self.begun = False
        self.public = public and interaction.guild_id is not None
        self._interaction = interaction
        self._reference = reference
        self._private = not public
        self._update = update
        self._deferral = Deferral(interaction, private=not public, update=update)

    def once_slow(self, notify: Callable[[], None], /) -> None:
        """See `Reply`."""
        self._deferral.on_deferred = notify

    async def close(self) -> None:
        """See `Reply`."""
        await self._deferral.close()

    async def success(self, bodies: Sequence[Body], view: EditableView | None = None) -> None:
        """See `Reply`."""
        self.begun = True
        await self.close()
        first, *rest = bodies
        private = self._private
        fate = await self._deliver_first(first, view)
        if fate is Fate.REFUSED:
            await self._deliver_first(_unshown(self._reference), None)
        elif fate is Fate.GONE and self._update:  # the person who clicked still has to see what it did
            private = True
            await self._show_caller(first)
        await self._clear(view)
        for body in rest:
            await deliver(partial(self._follow, body, view, private=private), self._reference, once=True)

    async def open(self, modal: discord.ui.Modal, /) -> bool:
        """See `Reply`: it must be the first answer to Discord, so not after a deferral."""
        await self.close()
        if self._interaction.response.is_done():
            return False
        opened = await deliver(lambda: self._interaction.response.send_modal(modal), self._reference)
        self.begun = opened is not Fate.REFUSED
        return self.begun

    async def refuse(self, body: Body) -> None:
        """See `Reply`; nobody else sees it."""
        self.begun = True
        await self.close()
        if await self._show_caller(body) is Fate.REFUSED:
            await self._show_caller(_unexplained(self._reference))

    async def _show_caller(self, body: Body) -> Fate:
        """Show a body to the caller alone."""
        interaction = self._interaction
        if not interaction.response.is_done():
            return await deliver(
                lambda: interaction.response.send_message(**body, ephemeral=True),
                self._reference,
                lambda: self._edit(body, None),
            )
        if interaction.response.type is not InteractionResponseType.deferred_channel_message:
            return await deliver(lambda: self._follow(body, private=True), self._reference, once=True)
        if self._private:
            return await deliver(lambda: self._edit(body, None), self._reference)
        return await self._refuse_after_public_wait(body)

    async def _refuse_after_public_wait(self, body: Body) -> Fate:
        """Remove a public "thinking": only once it is a message does the next one count as another message.

        Where nobody knows whether the refusal was taken, it is not sent again; the placeholder then stays.
        """
        interaction = self._interaction
        standing = await deliver(lambda: self._edit(_placeholder(self._reference), None), self._reference)
        if standing is not Fate.TAKEN:
            return standing
        fate = await deliver(lambda: self._follow(body, private=True), self._reference, once=True)
        if fate is Fate.TAKEN:
            await deliver(interaction.delete_original_response, self._reference)
        return fate

    async def _deliver_first(self, body: Body, view: EditableView | None) -> Fate:
        response = self._interaction.response
        if response.type is InteractionResponseType.channel_message:  # another handler has answered before us
            return await deliver(lambda: self._follow(body, private=self._private), self._reference, once=True)
        return await deliver(lambda: self._first(body, view), self._reference, lambda: self._edit(body, view))

    async def _first(self, body: Body, view: EditableView | None) -> None:
        response = self._interaction.response
        if response.is_done():
            await self._edit(body, view)
            return
        if self._update:
            await response.edit_message(**body, view=view)
        elif view is None:
            await response.send_message(**body, ephemeral=self._private)
        else:
            await response.send_message(**body, ephemeral=self._private, view=view)
        self._editable(view)

    async def _edit(self, body: Body, view: EditableView | None) -> None:
        await self._interaction.edit_original_response(**body, view=view)
        self._editable(view)

    def _editable(self, view: EditableView | None) -> None:
        if view is not None:
            view.edit = lambda changed: self._interaction.edit_original_response(view=changed)

    async def _clear(self, view: EditableView | None) -> None:
        """Delete what is left of the earlier answer that these components were under."""
        if view is not None:
            old, view.rest = view.rest, ()
            for delete in old:
                await deliver(delete, self._reference)

    async def _follow(self, body: Body, view: EditableView | None = None, *, private: bool) -> None:
        _remember(await self._interaction.followup.send(**body, ephemeral=private, wait=True), view)


async def offer(
    interaction: AnyInteraction, choices: Sequence[app_commands.Choice[str | int | float]], reference: str
) -> None:
    """Answer a keystroke with choices. Raises nothing."""
    await deliver(lambda: interaction.response.autocomplete(choices), reference, pauses=(PAUSES[0],))


def _remember(sent: discord.Message, view: EditableView | None) -> None:
    """Remember a further message of an answer, to be deleted when another takes the answer's place."""
    if view is not None:
        view.rest = (*view.rest, sent.delete)


def _placeholder(reference: str) -> Body:
    """Return what stands where a public answer was promised, until the private refusal has arrived."""
    return _plain(say("This didn't work. If you don't see why, use the command again."), reference)


def _unshown(reference: str) -> Body:
    return _plain(say("This worked, but the answer can't be shown."), reference)


def _unexplained(reference: str) -> Body:
    return _plain(say("This didn't work, and the reason can't be shown."), reference)


def _plain(sentence: Markup, reference: str) -> Body:
    return layout(Message(lines(sentence, say("-# reference {reference}", reference=code(reference)))))[0]
