"""The delivery of one answer to Discord, though sending it may fail, and its fate."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum, auto
from typing import Final

import aiohttp
import discord

PAUSES: Final = (0.5, 1.0)
"""Seconds before a failed answer is sent again; after that it is abandoned."""

ALREADY_ANSWERED: Final = 40060
UNKNOWN_MESSAGE: Final = 10008
SERVER_ERROR: Final = 500

_OURS: Final = (discord.ClientException, RuntimeError, TypeError, ValueError)
"""What discord.py raises for an answer that it doesn't even send."""

_log: Final = logging.getLogger(__name__)


class Fate(Enum):
    """What became of an answer."""

    TAKEN = auto()
    REFUSED = auto()
    """Nobody sees it, and another may be tried."""
    GONE = auto()
    """The message that it was to change was deleted, so that nobody sees it; it may be shown elsewhere."""
    UNKNOWN = auto()
    """Perhaps it is shown; sending it again could show it twice, or would fail again."""


async def deliver(
    send: Callable[[], Awaitable[object]],
    reference: str,
    again: Callable[[], Awaitable[object]] | None = None,
    *,
    once: bool = False,
    pauses: Sequence[float] = PAUSES,
) -> Fate:
    """Send an answer, a few times if need be. Raises nothing.

    Args:
        send: Sends it.
        reference: The call's, for the log.
        again: Sends it where Discord reports that there is an answer already: ours, whose arrival was not confirmed.
        once: It would be shown twice if Discord got it twice; so it is sent again only where no connection was made.
        pauses: Seconds before each further attempt.
    """
    attempt = send
    for pause in (*pauses, None):
        failed: Exception
        try:
            await attempt()
        except discord.HTTPException as error:
            if error.code == ALREADY_ANSWERED:
                if again is None or attempt is again:
                    return Fate.TAKEN
                attempt = again
                continue
            if error.status < SERVER_ERROR:
                return _refused(error, reference)
            failed = error
        except (aiohttp.ClientError, OSError) as error:
            failed = error
        except _OURS as error:
            _log.error("reference %s: the answer could not be sent", reference, exc_info=error)
            return Fate.REFUSED
        else:
            return Fate.TAKEN
        _log.info("reference %s: the answer failed: %s", reference, failed)
        if pause is None or (once and not isinstance(failed, aiohttp.ClientConnectorError)):
            break
        await asyncio.sleep(pause)
    _log.warning("reference %s: the answer was abandoned", reference)
    return Fate.UNKNOWN


def _refused(error: discord.HTTPException, reference: str) -> Fate:
    if error.code == UNKNOWN_MESSAGE:
        _log.info("reference %s: the message that was to be changed is gone", reference)
        return Fate.GONE
    if isinstance(error, discord.NotFound):  # too late, or the channel is gone: nobody would see it
        _log.info("reference %s: the answer came too late: %s", reference, error)
        return Fate.UNKNOWN
    _log.warning("reference %s: Discord refused the answer: %s", reference, error)
    return Fate.REFUSED
