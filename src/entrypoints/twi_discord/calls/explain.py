"""The refusal that a caller is shown for an exception, wherever in the Discord entrypoint it came from."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Final

from discord import app_commands
from discord.ext import commands

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.reporting import Recorder
from twi_core.pipeline.guard import UNEXPECTED, coded
from twi_discord.commands.grammar import GrammarError
from twi_discord.errors import INTERRUPTED, NOT_ALLOWED, OUTDATED, TOO_SLOW

_WRAPPERS: Final = (
    commands.HybridCommandError,
    commands.CommandInvokeError,
    commands.ConversionError,
    app_commands.CommandInvokeError,
)
_OUTDATED: Final = (app_commands.CommandSignatureMismatch, app_commands.CommandNotFound)
_REFUSED_BY_OTHERS: Final = (
    commands.CheckFailure,
    commands.CommandOnCooldown,
    commands.DisabledCommand,
    commands.MaxConcurrencyReached,
    app_commands.CheckFailure,
)

_log: Final = logging.getLogger(__name__)


class TookTooLong(Exception):
    """A call that ran into its time limit."""


def explain(error: BaseException, what: str, call: CallContext, recorder: Recorder) -> AppError:
    """Return what a caller is shown for an exception that ended a call; what is no refusal is logged.

    Args:
        error: The exception, perhaps as discord.py wrapped it.
        what: What sort of call it ended, for the log.
        call: The call.
        recorder: Notes bugs.
    """
    cause = unwrapped(error)
    if isinstance(cause, GrammarError):
        return cause.error
    if isinstance(cause, _OUTDATED):
        return AppError(OUTDATED)
    if isinstance(cause, _REFUSED_BY_OTHERS):
        return AppError(NOT_ALLOWED)
    return noted(cause, what, call, recorder)


def read_of(error: BaseException) -> Mapping[str, object]:
    """Return what could be read of a written command that was refused for its grammar, by option."""
    cause = unwrapped(error)
    return cause.read if isinstance(cause, GrammarError) else {}


def noted(error: BaseException, what: str, call: CallContext, recorder: Recorder) -> AppError:
    """Log an exception under the reference of the call that it ended, note it if it is a bug, and return its code."""
    where = f"reference {call.correlation_id}: {what}"
    if isinstance(error, TookTooLong):
        _log.warning("%s: took too long", where)
        return AppError(TOO_SLOW)
    if isinstance(error, asyncio.CancelledError) and being_cancelled():
        _log.warning("%s: interrupted", where)
        return AppError(INTERRUPTED)
    refusal = coded(error, where)
    if refusal.definition is UNEXPECTED:
        recorder.failed(error, what, call)
    return refusal


def unwrapped(error: BaseException) -> BaseException:
    """Return the exception that discord.py wrapped, perhaps several times."""
    while isinstance(error, _WRAPPERS) and error is not error.original:
        error = error.original
    return error


def being_cancelled() -> bool:
    """Return whether this task is asked to end, or a cancellation came up from something that it waited for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
