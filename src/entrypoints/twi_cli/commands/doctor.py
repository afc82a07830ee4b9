"""`twi doctor`: checks of everything that the bot needs."""

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
from twi_core.kernel.language import language, text
from twi_runtime.configuration.settings import Settings, SettingsError, load_settings, unknown_settings
from twi_runtime.extras import MODULES, Extra, require
from twi_runtime.languages import Catalogues
from twi_runtime.logs.process import process_logs
from twi_runtime.opening.lifecycle import Runtime, open_runtime
from twi_runtime.opening.limiter import redis_answers
from twi_runtime.plain import plain
from twi_runtime.process.exits import Exit, RuntimeFailure
from twi_runtime.process.servers import run_once

OnlineOption: TypeAlias = Annotated[bool, Parameter(help="Also log in to Discord with the token.", negative="")]

_TOKEN: Final = re.compile(r"[\w-]{18,}\.[\w-]{6,}\.[\w-]{20,}", re.ASCII)


@final
@dataclass(frozen=True, slots=True)
class Finding:
    """The finding of a check; `missing` isn't a failure, only something that isn't set up."""

    check: str
    state: Literal["ok", "missing", "failed"]
    details: str


def doctor(*, online: OnlineOption = False, output: OutputOption = "text") -> int:
    """Check settings, installed extras, database, schema, Redis and Discord; exits with 3 if something fails."""

    async def examined() -> int:
        found = [finding async for finding in _examine(online)]
        failed = any(finding.state == "failed" for finding in found)
        if output == "json":
            write_json({"healthy": not failed, "findings": [asdict(finding) for finding in found]})
        else:
            write(table([_row(finding) for finding in found]))
        return Exit.CHECK_FAILED if failed else Exit.OK

    return run_once(examined)


def _row(finding: Finding) -> dict[str, str]:
    return {
        text("check"): plain(finding.check),
        text("state"): _state(finding),
        text("details"): plain(finding.details),
    }


def _state(finding: Finding) -> str:
    match finding.state:
        case "ok":
            return text("ok")
        case "missing":
            return text("missing")
        case "failed":
            return text("failed")


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
    yield Finding("settings", "ok", text("The settings are fine."))
    with process_logs(settings, one_shot=True):
        yield _catalogues(settings)
        try:
            async with open_runtime(settings, serves=False) as runtime:
                yield Finding("storage", "ok", _storage(settings))
                yield await _redis(settings)
                yield await _discord(runtime, online)
        except RuntimeFailure as failure:
            yield Finding("storage", "failed", _details(failure))


def _extra(extra: Extra) -> Finding:
    try:
        require(extra, text("This part"))
    except RuntimeFailure as failure:
        return Finding(f"extra {extra}", "missing", failure.error.hint(ShellWording()))
    return Finding(f"extra {extra}", "ok", text("Installed."))


def _catalogues(settings: Settings) -> Finding:
    if settings.catalogues is None:
        return Finding("catalogues", "missing", text("TWI_CATALOGUES isn't set: everything is in English."))
    try:
        found = Catalogues.read(settings.catalogues)
    except RuntimeFailure as failure:
        return Finding("catalogues", "failed", _details(failure))
    return Finding("catalogues", "ok", text("Languages: {languages}.", languages=language().listed(found.tags)))


def _storage(settings: Settings) -> str:
    if settings.storage == "memory":
        return text("In memory: everything is forgotten when the process ends.")
    if settings.database_url is None:
        return text("The embedded server answers, and its schema is up to date.")
    return text("Your PostgreSQL server answers, and its schema is up to date.")


async def _redis(settings: Settings) -> Finding:
    match await redis_answers(settings):
        case None:
            problem = text("TWI_REDIS_URL isn't set: each process counts limits for itself.")
            return Finding("redis", "missing", problem)
        case True:
            return Finding("redis", "ok", text("Redis answers: processes share limits."))
        case False:
            problem = text("Redis doesn't answer or refuses: each process counts limits for itself.")
            return Finding("redis", "failed", problem)


async def _discord(runtime: Runtime, online: bool) -> Finding:
    token = runtime.settings.discord_token
    if token is None:
        return Finding("discord", "failed" if online else "missing", text("Set TWI_DISCORD_TOKEN to run the bot."))
    if not _TOKEN.fullmatch(token.get_secret_value()):
        problem = text("TWI_DISCORD_TOKEN doesn't look like a bot token. Copy it again from Discord's portal.")
        return Finding("discord", "failed", problem)
    if not online:
        return Finding("discord", "ok", text("The token looks right. Add --online to try it."))
    try:
        require("discord", text("The Discord bot"))
        from twi_discord.connection.server import open_bot

        async with open_bot(runtime) as bot:
            return Finding("discord", "ok", text("Logged in as {user}.", user=str(bot.user)))
    except RuntimeFailure as failure:
        return Finding("discord", "failed", _details(failure))


def _details(failure: RuntimeFailure) -> str:
    return f"{failure.error.message(ShellWording())} {failure.error.hint(ShellWording())} ({failure.error.code})"
