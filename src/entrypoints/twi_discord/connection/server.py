"""The Discord server of a process: it logs in, serves until it is stopped, and logs out."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Final

import aiohttp
import discord

from twi_core.kernel.errors import AppError
from twi_core.kernel.ids import UserId
from twi_core.kernel.language import text
from twi_discord.connection.bot import TwiBot
from twi_discord.connection.directory import BotDirectory
from twi_discord.connection.notifying import ChannelNotifier
from twi_discord.connection.transport import Retrying, answering_interactions, discord_at, install_retry
from twi_discord.errors import INTENT_MISSING, SYNC_FAILED, TOKEN_MISSING, TOKEN_REFUSED, UNREACHABLE
from twi_runtime.opening.lifecycle import Runtime
from twi_runtime.process.exits import FatalServerError, RuntimeFailure
from twi_runtime.process.servers import Died, Server

_TOKEN_CLOSED: Final = 4004
"""The gateway's code for a token that was good at login and is no more."""

_log: Final = logging.getLogger(__name__)


def discord_server(*, sync: bool = False) -> Server:
    """Describe the server; with `sync` the slash commands are sent to Discord whether they have changed or not."""

    @contextlib.asynccontextmanager
    async def opened(runtime: Runtime) -> AsyncIterator[Died]:
        async with open_bot(runtime) as bot:
            if sync:
                await _sync(bot)
            serving = asyncio.create_task(_serve(bot), name="discord")
            try:
                yield serving
            finally:
                # First: else discord.py, still reading, leaves with a code that keeps the session, and the bot online.
                serving.cancel()
                await _ended(serving)
                await bot.close()

    return Server("discord", opened)


@contextlib.asynccontextmanager
async def open_bot(runtime: Runtime) -> AsyncIterator[TwiBot]:
    """Open the bot, logged in and with its commands, but not connected yet.

    Raises:
        FatalServerError: there is no token, or Discord refuses it.
        RuntimeFailure: Discord cannot be reached.
    """
    settings = runtime.settings
    if settings.discord_token is None:
        raise FatalServerError(AppError(TOKEN_MISSING))
    retrying = Retrying()
    bot = TwiBot(runtime.app, runtime.drain, prefix=settings.prefix)
    install_retry(bot.http, retrying)
    with (
        discord_at(settings.discord_api_url, settings.discord_gateway_url),
        answering_interactions(retrying),
        runtime.directory.known(BotDirectory(bot)),
        _notifying(runtime, bot),
    ):
        async with bot:
            await _log_in(bot, settings.discord_token.get_secret_value())
            if not settings.operator_ids:
                runtime.operators.replace(owners(bot.application))
            yield bot


def _notifying(runtime: Runtime, bot: TwiBot) -> contextlib.AbstractContextManager[None]:
    """Announce bugs within the block, where the settings name a channel for it."""
    channel = runtime.settings.operator_channel_id
    if channel is None:
        return contextlib.nullcontext()
    return runtime.notifier.known(ChannelNotifier(bot, channel, runtime.app.languages))


def owners(application: discord.AppInfo | None) -> Iterator[UserId]:
    """Yield who runs a bot as Discord has it: the owner of its application, or those of its team who may change it."""
    if application is None:
        return
    if application.team is None:
        yield UserId(application.owner.id)
        return
    for member in application.team.members:
        accepted = member.membership_state is discord.TeamMembershipState.accepted
        if accepted and member.role is not discord.TeamMemberRole.read_only:
            yield UserId(member.id)


async def _log_in(bot: TwiBot, token: str) -> None:
    try:
        await bot.login(token)
    except discord.LoginFailure:
        raise FatalServerError(AppError(TOKEN_REFUSED)) from None
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise RuntimeFailure(AppError(UNREACHABLE, {"reason": _reason(error)})) from error


def _reason(error: Exception) -> str:
    if isinstance(error, discord.HTTPException):
        return text("it answered {status}", status=str(error.status))
    return text("it didn't answer in time") if isinstance(error, TimeoutError) else text("the connection failed")


async def _serve(bot: TwiBot) -> None:
    """Stay connected; discord.py itself comes back after every disconnection but the hopeless ones."""
    try:
        await bot.connect(reconnect=True)
    except discord.PrivilegedIntentsRequired:
        raise FatalServerError(AppError(INTENT_MISSING)) from None
    except discord.ConnectionClosed as error:
        if error.code == _TOKEN_CLOSED:
            raise FatalServerError(AppError(TOKEN_REFUSED)) from None
        reason = text("it closed the session with {code}", code=str(error.code))
        raise RuntimeFailure(AppError(UNREACHABLE, {"reason": reason})) from error


async def _ended(serving: "asyncio.Task[None]") -> None:
    """Wait for the end of a task whose failure, if any, was reported before."""
    await asyncio.wait({serving})
    if not serving.cancelled() and (error := serving.exception()) is not None:
        _log.debug("the connection had ended with %s", type(error).__name__)


async def _sync(bot: TwiBot) -> None:
    try:
        await bot.tree.sync()
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise RuntimeFailure(AppError(SYNC_FAILED, {"reason": _reason(error)})) from error
