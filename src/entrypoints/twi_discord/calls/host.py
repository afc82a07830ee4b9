"""What every command of ours shares: the application, and how a call runs from its receipt to its answer."""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, TypeAlias, final
from weakref import WeakValueDictionary

import discord
from discord import InteractionResponseType, InteractionType, app_commands
from discord.ext import commands
from typing_extensions import override

from twi_core.application import Application
from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.errors import AppError, Kind
from twi_core.kernel.language import ENGLISH, language, speak, speaking
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.reporting import silent
from twi_core.pipeline.guard import UNEXPECTED
from twi_discord.calls.explain import explain, noted, read_of
from twi_discord.calls.refusals import added_to
from twi_discord.calls.running import Calls, ErrorHandler, within
from twi_discord.calls.wording import wording_of
from twi_discord.commands.specs import Complete
from twi_discord.components.answers import Shown, components_of
from twi_discord.components.dialogs import HostedModal
from twi_discord.components.views import HostedView, Under, id_of, key_of
from twi_discord.errors import EXPIRED, NOT_ALLOWED, OVERHEARD
from twi_discord.replies.delivery import deliver
from twi_discord.replies.identify import AnyInteraction, identify
from twi_discord.replies.markup import Markup, current_wording, cut
from twi_discord.replies.message import Answer, Message, refusal_text
from twi_discord.replies.render import Body, layout
from twi_discord.replies.reply import EditableView, MessageReply, Reply, Source, interaction_of, offer, reply_to
from twi_runtime.process.drain import STOPPING, Drain

NAME: Final = "twi"
LIMIT: Final = 840.0
"""Seconds after which a call is cancelled, from its receipt or deferral; Discord takes an answer for 900."""
SUGGESTED_WITHIN: Final = 2.5
"""Seconds after which nothing is suggested to a person who types; Discord gives up after 3."""

Choice: TypeAlias = app_commands.Choice[str | int | float]

_CHOICES: Final = 25
_CHOICE_LIMIT: Final = 100
_REMEMBERED: Final = 2048
CALL: Final = "discord.call"
SUGGESTION: Final = "discord.suggestion"

_log: Final = logging.getLogger(__name__)


class NotAttached(commands.ExtensionError):
    """A bot to which no application was attached."""


@final
class Host(commands.Cog, name=NAME):
    """The application that a bot's commands call, kept under this name among the bot's cogs.

    Everything that Discord sends us runs through `run` (commands, components, forms, menus), `suggest` (keystrokes) or
    `listen` (events). What fails before it gets there, in checks and converters, comes to `report`.
    """

    def __init__(self, bot: commands.Bot, app: Application, drain: Drain, prefix: str) -> None:
        self.bot = bot
        self.app = app
        self.prefix = prefix
        self._calls = Calls(drain)
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._listening: WeakValueDictionary[str, discord.ui.View | discord.ui.Modal] = WeakValueDictionary()

    @classmethod
    def of(cls, bot: commands.Bot, extension: str) -> "Host":
        """Find the host of a bot.

        Raises:
            NotAttached: the extension was loaded before `attach`.
        """
        host = bot.get_cog(NAME)
        if not isinstance(host, cls):
            raise NotAttached("call `await twi_discord.attach(bot, app)` before loading this extension", name=extension)
        return host

    @override
    async def cog_unload(self) -> None:
        """Cancel what still runs; its callers are answered."""
        await self._calls.break_off()

    async def run(
        self,
        source: Source,
        answer: Answer,
        raw: Mapping[str, object],
        *,
        public: bool = True,
        under: Under | None = None,
    ) -> None:
        """Run one call: identify, refuse while stopping, answer once. Bots and webhooks are ignored.

        A call that Discord delivers twice runs once. Whatever fails is answered too, unless an answer was begun.

        Args:
            source: What Discord sent.
            answer: Answers it.
            raw: What `answer` is called with.
            public: Whether everybody sees a success; a refusal is the caller's alone where Discord can do that.
            under: The components that were used; a success takes the place of the message under which they are.
        """
        if _is_machine(source) or self._repeated(source):
            return
        call = self._identify(source, raw)
        reply = reply_to(source, call.correlation_id, public=public, update=under is not None)

        async def failed(error: BaseException) -> None:
            _failed(source)
            refusal = explain(error, CALL, call, self.app.recorder)
            if reply.begun:
                return
            with speaking(ENGLISH if refusal.definition is UNEXPECTED else language()):  # a catalogue may be the bug
                body = self._refusal(refusal, call)
            await reply.refuse(body)

        def components(message: Message) -> EditableView | None:
            if under is not None:
                return under.following(message)
            return components_of(self, call, Shown(answer, raw), message, public=reply.public)

        try:
            async with self._calls.one(CALL, call, failed) as running:
                stopping = Failure(AppError(STOPPING))
                outcome = stopping if self._calls.closed else await within(LIMIT, answer(raw, call), reply.once_slow)
                running.answering = True
                await self._conclude(reply, outcome, call, components)
        finally:
            await reply.close()

    async def refuse(self, source: AnyInteraction, error: AppError) -> None:
        """Refuse an interaction, once, so that nobody else sees it."""

        async def refused(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
            return Failure(error)

        await self.run(source, refused, {}, public=False)

    async def acknowledge(self, source: AnyInteraction) -> None:
        """Accept a click that calls nothing, so that Discord does not show it as failed. Raises nothing."""
        if self._repeated(source):
            return
        call = self._identify(source)
        async with self._calls.one(CALL, call, self._logged(CALL, call)) as running:
            running.answering = True
            await deliver(source.response.defer, call.correlation_id)

    async def report(self, source: Source, error: Exception, *, public: bool = False) -> None:
        """Answer an exception that came from outside of `run`, such as from a check, unless the caller was answered.

        It is logged unless it is a refusal. `public` is how the call was deferred meanwhile, if it was.
        """
        _failed(source)
        if _is_machine(source):
            return
        answered = self._repeated(source)
        call = self._identify(source, read_of(error))
        async with self._calls.one(CALL, call, self._logged(CALL, call)) as running:
            running.answering = True
            refusal = explain(error, CALL, call, self.app.recorder)
            if answered or (refusal.definition is NOT_ALLOWED and _answered_by_others(source)):
                return
            if isinstance(source, discord.Interaction) and source.type is InteractionType.autocomplete:
                await offer(source, (), call.correlation_id)
                return
            if refusal.kind is Kind.INVALID:
                refusal = self.app.invalid_requests.counted(refusal, call)
            await self._refuse(reply_to(source, call.correlation_id, public=public), refusal, call)

    async def suggest(self, interaction: AnyInteraction, complete: Complete, typed: str) -> list[Choice]:
        """Answer a keystroke with suggestions, and return them; with none where they fail or come too late."""
        call = self._identify(interaction)
        silent.set(True)  # discord.py runs every event in a separate task
        found: Sequence[tuple[str, str]] = ()
        async with self._calls.one(SUGGESTION, call, self._logged(SUGGESTION, call)):
            stopping = Failure(AppError(STOPPING))
            outcome = stopping if self._calls.closed else await within(SUGGESTED_WITHIN, complete(typed, call))
            if isinstance(outcome, Failure):
                _log.info("reference %s: nothing is suggested: %s", call.correlation_id, outcome.failure().code)
            else:
                found = outcome.unwrap()
        choices = [Choice(name=cut(label, _CHOICE_LIMIT), value=value) for label, value in found[:_CHOICES]]
        await offer(interaction, choices, call.correlation_id)
        return choices

    async def listen(self, event: str, listener: Callable[[], Awaitable[None]]) -> None:
        """Run what a listener does; see `twi_discord.calls.listeners.listener`."""
        if self._calls.closed:
            return
        call = self.app.context(actor=None, guild=None, origin=Origin.DISCORD)
        async with self._calls.one(f"discord.{event}", call, self._logged(f"discord.{event}", call)):
            await listener()

    def keep(self, key: str, listening: discord.ui.View | discord.ui.Modal) -> None:
        """Remember what listens under a key, as long as it does."""
        self._listening[key] = listening

    @commands.Cog.listener()
    async def on_interaction(self, interaction: AnyInteraction) -> None:
        """Answer components and forms that listen no more: timed out, replaced, or of an earlier life of the bot."""
        named = id_of(interaction)
        if named is None:
            return
        listening = self._listening.get(key_of(named))
        lives = listening is not None and listening.is_dispatching()
        if not lives or (isinstance(listening, HostedView) and not listening.listens_to(named)):
            await self.refuse(interaction, AppError(EXPIRED))

    def _identify(self, source: Source, given: Mapping[str, object] | None = None) -> CallContext:
        """Identify the caller, and answer in their language and in the way in which they type."""
        call = identify(self.app, source)  # discord.py runs every event in a separate task
        speak(self.app.languages.find(*call.languages))
        current_wording.set(wording_of(source, self.bot, self.prefix, self.app.languages, given or {}))
        return call

    async def _conclude(
        self,
        reply: Reply,
        outcome: Outcome[Message, AppError],
        call: CallContext,
        components: Callable[[Message], EditableView | None],
    ) -> None:
        if not isinstance(outcome, Success):  # asked so, as it is the fast question
            await self._refuse(reply, outcome.failure(), call)
            return
        message = outcome.unwrap()
        if message.private and reply.public:
            await self._refuse(reply, AppError(OVERHEARD), call)
            return
        if message.opens is None or not await reply.open(HostedModal(self, call, message.opens)):
            await reply.success(layout(message), components(message))

    async def _refuse(self, reply: Reply, error: AppError, call: CallContext) -> None:
        more = await added_to(self.app, error, call, written=isinstance(reply, MessageReply))
        if more is not None:
            await reply.refuse(self._refusal(error, call, more))

    def _refusal(self, error: AppError, call: CallContext, more: Markup | None = None) -> Body:
        """Word a refusal and note it; every one that a person is shown passes here."""
        self.app.recorder.refused(error, None, call)
        return layout(Message(refusal_text(error, call.correlation_id, more)))[0]

    def _logged(self, what: str, call: CallContext) -> ErrorHandler:
        async def note(error: BaseException) -> None:
            noted(error, what, call, self.app.recorder)

        return note

    def _repeated(self, source: Source) -> bool:
        key = _id(source)
        if key in self._seen:
            return True
        self._seen[key] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return False


def _id(source: Source) -> int:
    if isinstance(source, commands.Context):
        return source.message.id if source.interaction is None else source.interaction.id
    return source.id


def _failed(source: Source) -> None:
    """Mark a call for discord.py, so that the hosting bot doesn't count it among those that worked."""
    if isinstance(source, commands.Context):
        source.command_failed = True


def _is_machine(source: Source) -> bool:
    return isinstance(source, commands.Context) and (source.author.bot or source.message.webhook_id is not None)


def _answered_by_others(source: Source) -> bool:
    """Return whether the hosting bot has answered an interaction that we have not."""
    interaction = interaction_of(source)
    return interaction is not None and interaction.response.type is InteractionResponseType.channel_message
