"""What every command of ours shares: the application, and how a call runs from its receipt to its answer."""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias, final

from discord import app_commands
from discord.ext import commands
from typing_extensions import override

from twi_core.application import Application
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome
from twi_core.pipeline.guard import UNEXPECTED
from twi_discord.errors import NOT_ALLOWED, OUTDATED
from twi_discord.grammar import GrammarError
from twi_discord.identify import AnyContext, AnyInteraction, identify
from twi_discord.pager import ExpiredPager, Pager
from twi_discord.render import Body, Shown, layout, refusal_text
from twi_discord.reply import InteractionReply, MessageReply, Reply
from twi_runtime.drain import STOPPING, Drain

NAME: Final = "twi"

Answer: TypeAlias = Callable[[Mapping[str, object], CallContext], Awaitable[Outcome[Shown, AppError]]]
"""Answer raw input with what is to be shown, or refuse."""

_REMEMBERED: Final = 2048
_REFUSED_BY_OTHERS: Final = (
    commands.CheckFailure,
    commands.CommandOnCooldown,
    commands.DisabledCommand,
    commands.MaxConcurrencyReached,
    app_commands.CheckFailure,
)

_log: Final = logging.getLogger(__name__)


class NotAttached(commands.ExtensionError):
    """Tell that the bot knows no application yet."""


@final
class Host(commands.Cog, name=NAME):
    """Hold the application that a bot's commands call; the bot keeps it under its name among its cogs."""

    def __init__(self, bot: commands.Bot, app: Application, drain: Drain, prefix: str) -> None:
        self.bot = bot
        self.app = app
        self.prefix = prefix
        self._drain = drain
        self._expired = ExpiredPager(self.refuse_click)
        self._seen: OrderedDict[tuple[str, int], None] = OrderedDict()

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
    async def cog_load(self) -> None:
        """Answer the buttons of an earlier life of the bot."""
        self.bot.add_view(self._expired)

    @override
    async def cog_unload(self) -> None:
        """Take everything back."""
        self._expired.stop()

    async def run(self, context: AnyContext, answer: Answer, raw: Mapping[str, object], *, public: bool) -> None:
        """Run one call: identify, refuse while stopping, answer once. Bots and webhooks are not heard.

        A call that Discord delivers twice runs once.
        """
        if _is_machine(context) or self._repeated("run", _id(context)):
            return
        call = identify(self.app, context)
        reply = _reply(context, call.correlation_id, public=public)
        try:
            if self._drain.closed:
                await reply.refuse(_refusal(AppError(STOPPING), call))
                return
            async with self._drain.call():
                await self._answer(reply, answer, raw, call)
        finally:
            await reply.close()

    async def _answer(self, reply: Reply, answer: Answer, raw: Mapping[str, object], call: CallContext) -> None:
        outcome = await answer(raw, call)
        if isinstance(outcome, Failure):
            await reply.refuse(_refusal(outcome.failure(), call))
            return
        shown = outcome.unwrap()
        pager = Pager(self, call, answer, raw, shown) if shown.next is not None else None
        await reply.success(layout(shown.text), pager)

    async def turn(self, interaction: AnyInteraction, pager: Pager, cursors: tuple[str | None, ...]) -> None:
        """Show another page in place, by the rights that its reader has now; a click that is delivered twice, once."""
        if self._repeated("turn", interaction.id):
            return
        call = identify(self.app, interaction)
        reply = InteractionReply(interaction, call.correlation_id, update=True)
        try:
            if self._drain.closed:
                await reply.refuse(_refusal(AppError(STOPPING), call))
                return
            async with self._drain.call():
                outcome = await pager.page(cursors[-1], call)
                if isinstance(outcome, Failure):
                    await reply.refuse(_refusal(outcome.failure(), call))
                    return
                pager.moved(cursors, outcome.unwrap())
                await reply.success(layout(outcome.unwrap().text), pager)
        finally:
            await reply.close()

    async def refuse_click(self, interaction: AnyInteraction, error: AppError) -> None:
        """Answer somebody's click with a refusal that they alone see."""
        call = identify(self.app, interaction)
        reply = InteractionReply(interaction, call.correlation_id, update=True)
        await reply.refuse(_refusal(error, call))

    async def report(self, context: AnyContext, error: Exception) -> None:
        """Tell the caller of an exception that broke a call off, and log it unless it is a refusal."""
        context.command_failed = True
        if _is_machine(context) or self._repeated("report", _id(context)):
            return
        call = identify(self.app, context)
        refusal = self._explain(error, call)
        reply = _reply(context, call.correlation_id, public=False)
        await reply.refuse(_refusal(refusal, call))

    async def report_click(self, interaction: AnyInteraction, error: Exception) -> None:
        """Do the same for a click."""
        call = identify(self.app, interaction)
        reply = InteractionReply(interaction, call.correlation_id, update=True)
        await reply.refuse(_refusal(self._explain(error, call), call))

    def _explain(self, error: Exception, call: CallContext) -> AppError:
        cause: BaseException = error
        while isinstance(cause, _WRAPPERS) and cause is not cause.original:
            cause = cause.original
        if isinstance(cause, GrammarError):
            return cause.error
        if isinstance(cause, app_commands.CommandSignatureMismatch | app_commands.CommandNotFound):
            return AppError(OUTDATED)
        if isinstance(cause, _REFUSED_BY_OTHERS):
            return AppError(NOT_ALLOWED)
        _log.error("reference %s: a bug in a command", call.correlation_id, exc_info=cause)
        return AppError(UNEXPECTED)

    def _repeated(self, what: str, delivered: int) -> bool:
        key = (what, delivered)
        if key in self._seen:
            return True
        self._seen[key] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return False


_WRAPPERS: Final = (
    commands.HybridCommandError,
    commands.CommandInvokeError,
    commands.ConversionError,
    app_commands.CommandInvokeError,
)


def _id(context: AnyContext) -> int:
    return context.message.id if context.interaction is None else context.interaction.id


def _is_machine(context: AnyContext) -> bool:
    return context.author.bot or context.message.webhook_id is not None


def _reply(context: AnyContext, reference: str, *, public: bool) -> Reply:
    if context.interaction is None:
        return MessageReply(context, reference)
    return InteractionReply(context.interaction, reference, public=public)


def _refusal(error: AppError, call: CallContext) -> Body:
    return layout(refusal_text(error, call.correlation_id))[0]
