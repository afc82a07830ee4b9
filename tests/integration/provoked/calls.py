"""Calls of operations that are refused, sent at each entrypoint as people and programs send them."""

import asyncio
import json
import re
import shlex
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from typing import Any, Final

import discord
import simcord

from tests.contexts import ADMIN_ROLE, CHANNEL, EVERYBODY, OWNER, SOMEBODY, STAFF, STAFF_ROLE, Call, filled
from tests.integration.discord.stage import Said, Stage, populate
from tests.integration.http.server import HttpServer, bearer, opened
from tests.integration.parity.entrypoints import PATIENCE, called_words, caller_words, cli_on, described, operation_of
from tests.integration.parity.world import LEVELS, World, cast
from tests.integration.provoked.recording import Answer, sent, stable
from tests.integration.provoked.shell import run
from twi_cli.output.wording import by_place, option
from twi_core.kernel.context import Origin
from twi_core.kernel.ids import UserId
from twi_core.kernel.parameters import ParameterKind
from twi_discord.commands.grammar import option_name
from twi_discord.commands.hybrids import HostedCommand
from twi_discord.connection.bot import TwiBot
from twi_discord.connection.directory import BotDirectory
from twi_http.paths import path_of
from twi_runtime.opening.late_directory import LateDirectory
from twi_runtime.opening.lifecycle import Overrides

CODE: Final = re.compile(r"^-# `([a-z_]+\.[a-z_]+)`", re.MULTILINE)


def provoked(calls: Mapping[str, Call]) -> dict[str, list[Answer]]:
    """Send the call of each code at every entrypoint, and return the answers that carry the code."""
    placed = {code: _with_ids(call) for code, call in calls.items()}
    played = asyncio.run(_in_discord(placed)), _in_a_shell(placed), asyncio.run(_over_http(placed))
    return {code: [answers[code] for answers in played if code in answers] for code in calls}


# Discord


@asynccontextmanager
async def stage_on(world: World) -> AsyncIterator[Stage]:
    """Run our bot on a world, where who stands above whom is known."""
    world.directory = directory = LateDirectory()
    app = world.application()
    bot = TwiBot(app)
    running = simcord.run(bot, settle_timeout=PATIENCE)
    guild, channel, people = populate(running._env)
    async with running as env:
        with directory.known(BotDirectory(bot)):
            yield Stage(env, bot, app, world.store, world.clock, guild, channel, people)


async def _in_discord(calls: Mapping[str, Call]) -> dict[str, Answer]:
    found = {}
    async with stage_on(world := World()) as stage:
        for code, call in calls.items():
            for command in _commands(stage, call):
                if (answer := await _asked(stage, world, command, call, code)) is not None:
                    found[code] = answer
                    break
    return found


def _commands(stage: Stage, call: Call) -> Iterator[HostedCommand]:
    """Yield the commands that call an operation, its own before one that it shares."""
    policy = operation_of(call).policy
    every = (each for each in stage.bot.walk_commands() if isinstance(each, HostedCommand))
    yield from sorted((each for each in every if policy in each.spec.policies), key=lambda each: each.qualified_name)


async def _asked(stage: Stage, world: World, command: HostedCommand, call: Call, code: str) -> Answer | None:
    """Return what a slash command is answered with, else the written one; none where neither carries the code."""
    name = command.qualified_name
    things = {option.name: option.parameter.kind for option in command.spec.options}
    given = {field: _chosen(stage, things.get(field), value) for field, value in call.raw.items()}
    shown = {field: _shown(value) for field, value in given.items()}
    slash = " ".join([f"/{name}", *(f"{field}:{value}" for field, value in shown.items())])
    try:
        await world.prepare(call)
        said = await stage.ask(call.who, "slash", name, dm=not call.guild, **given)
        if code_of(said) == code:
            return Answer("discord", sent(slash), stable(said.text))
    except (simcord.OptionError, TypeError, KeyError):  # what Discord doesn't let anybody send
        pass
    await world.prepare(call)
    positional = command.spec.positional
    words = [f"!{name}", *(str(value) for field, value in call.raw.items() if field == positional)]
    words += [f"{option_name(field)} {_written(value)}" for field, value in call.raw.items() if field != positional]
    said = await stage.write(call.who, " ".join(words), dm=not call.guild)
    return Answer("discord", sent(" ".join(words)), stable(said.text)) if code_of(said) == code else None


def code_of(said: Said) -> str | None:
    """Return the code that an answer carries."""
    found = CODE.search(said.text)
    return found[1] if found else None


def _chosen(stage: Stage, kind: ParameterKind | None, value: Any) -> Any:
    there: Mapping[ParameterKind | None, Sequence[Any]] = {
        ParameterKind.USER: list(stage.people.values()),
        ParameterKind.ROLE: list(stage.guild.roles.values()),
        ParameterKind.CHANNEL: list(stage.guild.channels.values()),
    }
    return next((thing for thing in there.get(kind, ()) if str(thing.id) == str(value)), value)


def _shown(value: Any) -> str:
    """Return how Discord shows what was chosen or typed."""
    if isinstance(value, simcord.MemberActor):
        return f"@{value.user.name}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return getattr(value, "name", None) or str(value)


def _written(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


# The command line


def _in_a_shell(calls: Mapping[str, Call]) -> dict[str, Answer]:
    found = {}
    with cli_on(world := World()):
        for code, call in calls.items():
            if Origin.CLI in operation_of(call).policy.closed_to:
                continue
            for words in (_typed(call), called_words(call)):
                asyncio.run(world.prepare(call))
                line = shlex.join(["twi", *(word for word in words if word != "--output=json")])
                ran = run(line)
                if f"code:  {code}" in ran.err:
                    found[code] = Answer("cli", sent(line), stable(ran.err))
                    break
    return found


def _typed(call: Call) -> list[str]:
    """Write a call as a person does: what is needed by its place, the rest by name."""
    fields, words = described(call), call.name.replace("_", "-").split(".")
    places, named = [], []
    for name, value in call.raw.items():
        if isinstance(value, bool):
            named.append(f"--{'' if value else 'no-'}{name.replace('_', '-')}")
        elif name in fields and by_place(fields[name]):
            places.append(str(value))
        else:
            named += [
                word for item in (value if isinstance(value, list) else [value]) for word in (option(name), str(item))
            ]
    if "actor" in fields:
        return [*words, *places, *named]
    return [*words, *places, *named, *caller_words(call, guild=call.guild and operation_of(call).policy.guild)]


# HTTP


async def _over_http(calls: Mapping[str, Call]) -> dict[str, Answer]:
    world = World(keep_tokens=True)
    overrides = Overrides(storage=world, limiter=world, refusals=None, clock=world.clock, random=world, ids=world)
    guild, people = cast()
    found = {}
    async with opened(overrides, operator_ids=frozenset({UserId(people["operator"])})) as server:
        tokens = {who: await server.token(level.label, people[who], (guild,)) for who, level in LEVELS.items()}
        for code, call in calls.items():
            await world.prepare(call)
            path = path_of(operation_of(call)).format(guild=guild)
            if not call.guild and operation_of(call).policy.guild:
                path = f"/api/v1/operations/{call.name}"
            answer = await posted(server, tokens[call.who], path, json.dumps(call.raw, ensure_ascii=False))
            if json.loads(answer.answered.partition("\n")[2]).get("code") == code:
                found[code] = answer
    return found


async def posted(server: HttpServer, token: str | None, path: str, body: str, **headers: str) -> Answer:
    """Send JSON, and return what was answered."""
    carried = {**(bearer(token) if token else {}), "Content-Type": "application/json", **headers}
    response = await server.client.post(path, headers=carried, content=body.encode())
    shown = json.dumps(response.json(), ensure_ascii=False, indent=2)
    status = f"{response.status_code} {response.reason_phrase}"
    return Answer("http", sent(f"POST {path}\n{body}"), stable(f"{status}\n{shown}"))


@cache
def _ids() -> Mapping[str, str]:
    """Return the ids for the texts that stand for one."""
    guild, channel, people = populate(simcord.Env(discord.Client(intents=discord.Intents.none())))
    roles = {role.name: str(role.id) for role in guild.roles.values()}
    ranks = {SOMEBODY: "member", OWNER: "owner", STAFF: "moderator"}
    found = {text: str(people[rank].id) for text, rank in ranks.items()}
    return {
        **found,
        STAFF_ROLE: roles["administrator"],
        CHANNEL: str(channel.id),
        EVERYBODY: str(guild.id),
        ADMIN_ROLE: "9",
    }


def _with_ids(call: Call) -> Call:
    """Put ids where they were left open, in what comes before too."""
    before = tuple(_with_ids(each) if isinstance(each, Call) else each for each in call.before)
    return replace(call, raw=filled(call.raw, _ids()), before=before)
