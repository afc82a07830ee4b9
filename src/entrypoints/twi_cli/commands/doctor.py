"""`twi doctor`: is everything there that the bot needs?"""

import os
import re
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from typing import Annotated, Final, Literal, TypeAlias, final

from cyclopts import Parameter

from twi_cli.commands.caller import OutputOption
from twi_cli.output.outlet import write, write_json
from twi_cli.output.table import table
from twi_cli.output.wording import ShellWording
from twi_runtime.configuration.settings import Settings, SettingsError, load_settings, unknown_settings
from twi_runtime.extras import MODULES, Extra, require
from twi_runtime.logs.process import process_logs
from twi_runtime.opening.lifecycle import Runtime, open_runtime
from twi_runtime.opening.limiter import redis_answers
from twi_runtime.plain import plain
from twi_runtime.process.exits import Exit, RuntimeFailure
from twi_runtime.process.servers import run_once

OnlineOption: TypeAlias = Annotated[
    bool, Parameter(help="Also log in to Discord with the token.", negative="", show_default=False)
]

_TOKEN: Final = re.compile(r"[\w-]{18,}\.[\w-]{6,}\.[\w-]{20,}", re.ASCII)


@final
@dataclass(frozen=True, slots=True)
class Finding:
    """Tell what a check found; `missing` is no failure, only something that is not set up."""

    check: str
    state: Literal["ok", "missing", "failed"]
    told: str


def doctor(*, online: OnlineOption = False, output: OutputOption = "text") -> int:
    """Check settings, installed extras, database, schema, Redis and Discord; exit 3 on a failure."""

    async def examined() -> int:
        found = [finding async for finding in _examine(online)]
        failed = any(finding.state == "failed" for finding in found)
        if output == "json":
            write_json({"healthy": not failed, "findings": [asdict(finding) for finding in found]})
        else:
            write(table([{key: plain(value) for key, value in asdict(finding).items()} for finding in found]))
        return Exit.CHECK_FAILED if failed else Exit.OK

    return run_once(examined)


async def _examine(online: bool) -> AsyncIterator[Finding]:
    for extra in MODULES:
        yield _extra(extra)
    for problem in unknown_settings(os.environ):
        yield Finding("settings", "failed", problem)
    try:
        settings = load_settings()
    except SettingsError as error:
        for problem in error.problems:
            yield Finding("settings", "failed", problem)
        return
    yield Finding("settings", "ok", "they can be used")
    with process_logs(settings, one_shot=True):
        try:
            async with open_runtime(settings, serves=False) as runtime:
                yield Finding("storage", "ok", _storage(settings))
                yield await _redis(settings)
                yield await _discord(runtime, online)
        except RuntimeFailure as failure:
            yield Finding("storage", "failed", _told(failure))


def _extra(extra: Extra) -> Finding:
    try:
        require(extra, "It")
    except RuntimeFailure as failure:
        return Finding(f"extra {extra}", "missing", failure.error.hint(ShellWording()))
    return Finding(f"extra {extra}", "ok", "installed")


def _storage(settings: Settings) -> str:
    if settings.storage == "memory":
        return "memory: everything is forgotten at the end"
    kind = "the embedded server" if settings.database_url is None else "your PostgreSQL server"
    return f"{kind} answers, and the schema is the one that is needed"


async def _redis(settings: Settings) -> Finding:
    match await redis_answers(settings):
        case None:
            return Finding("redis", "missing", "TWI_REDIS_URL is not set: each process counts limits by itself")
        case True:
            return Finding("redis", "ok", "it answers: processes share limits")
        case False:
            return Finding("redis", "failed", "it does not answer, or refuses: each process counts limits by itself")


async def _discord(runtime: Runtime, online: bool) -> Finding:
    token = runtime.settings.discord_token
    if token is None:
        return Finding("discord", "failed" if online else "missing", "set TWI_DISCORD_TOKEN to run the bot")
    if not _TOKEN.fullmatch(token.get_secret_value()):
        return Finding("discord", "failed", "TWI_DISCORD_TOKEN does not look like a bot's token; copy it anew")
    if not online:
        return Finding("discord", "ok", "the token looks like one; --online tries it")
    try:
        require("discord", "Discord")
        from twi_discord.connection.server import open_bot

        async with open_bot(runtime) as bot:
            return Finding("discord", "ok", f"logged in as {bot.user}")
    except RuntimeFailure as failure:
        return Finding("discord", "failed", _told(failure))


def _told(failure: RuntimeFailure) -> str:
    return f"{failure.error.message(ShellWording())} {failure.error.hint(ShellWording())} ({failure.error.code})"
