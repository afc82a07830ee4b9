"""The entrypoints: each plays calls, and reports what it answered, what it stored, and what it cannot carry at all."""

import asyncio
import contextlib
import io
import json
import os
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, final

import pytest
import simcord

from tests.contexts import Call, suites
from tests.integration.discord.stage import Said, Stage, populate, text_of
from tests.integration.http.server import HttpServer, bearer, opened
from tests.integration.parity.world import LEVELS, World, by_library, cast, context_of, offered
from twi_cli.commands.contexts import verb_of
from twi_cli.main import main
from twi_core.kernel.errors import AppError
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.ids import UserId
from twi_core.kernel.outcome import Failure
from twi_core.kernel.parameters import Parameter, ParameterKind, parameters
from twi_core.kernel.permissions import Level
from twi_discord.calls.wording import offered_commands
from twi_discord.commands.hybrids import HostedCommand
from twi_discord.commands.localising import SlashNames
from twi_discord.commands.typed import TypedCommands
from twi_discord.connection.bot import TwiBot
from twi_discord.errors import OVERHEARD
from twi_discord.replies.markup import current_wording
from twi_discord.replies.message import Message, refusal_text
from twi_discord.replies.render import layout
from twi_http.paths import path_of
from twi_runtime.opening.lifecycle import Overrides, open_runtime

WHILE_TYPING: Final = {name: way for suite in suites().values() for name, way in suite.typed.items()}
"""Operations that answer while somebody types: the command, its option, and which part of each item is suggested."""

PATIENCE: Final = 20.0
"""Seconds within which the bot must be idle again, on a busy machine too."""

_MENTION: Final = re.compile(r"<(?:@[!&]?|#)[0-9]+>")
_MENTIONED: Final = {ParameterKind.USER, ParameterKind.ROLE, ParameterKind.CHANNEL}
_SHOWN: Final = re.compile(r"^-# `([a-z_]+\.[a-z_]+)`", re.MULTILINE)


@final
@dataclass(frozen=True)
class Answer:
    """What an entrypoint answered, and what is stored since; a part that an entrypoint does not show is none.

    `code` is none for a success, and `error` what the library refuses with. `words` are message and hint as the
    entrypoint words them, `value` the success as JSON, `text` what a chat shows.
    """

    code: str | None
    state: Mapping[str, object] = field(repr=False)
    words: tuple[str, str] | None = None
    error: AppError | None = None
    value: object = None
    text: str | None = None
    suggested: list[str] | None = None


Answers = list[Answer | None]
"""What answered each call; none where the entrypoint cannot express the call."""


def operation_of(call: Call) -> AnyOperation:
    """Return the operation of a call."""
    return offered().operation(call.name).unwrap()


def described(call: Call) -> Mapping[str, Parameter]:
    """Return the parameters of the operation of a call, by name."""
    return {parameter.name: parameter for parameter in parameters(operation_of(call).command)}


# The library itself: what all entrypoints are measured by.


async def play_library(calls: Sequence[Call]) -> list[Answer]:
    """Call without any entrypoint."""
    world, answers = World(), []
    app = world.application()
    for call in calls:
        await world.prepare(call)
        outcome = await by_library(app, call)
        if isinstance(outcome, Failure):
            error = outcome.failure()
            answers.append(Answer(error.code, world.state(), error=error))
        else:
            value = operation_of(call).values.dump_python(outcome.unwrap(), mode="json")
            answers.append(Answer(None, world.state(), value=value))
    return answers


# Discord, in a simulated server.


@contextlib.asynccontextmanager
async def discord_stage(world: World) -> AsyncIterator[Stage]:
    """Run our bot on a world."""
    app = world.application()
    bot = TwiBot(app)
    running = simcord.run(bot, settle_timeout=PATIENCE)
    guild, channel, people = populate(running._env)
    assert (guild.id, {rank: person.id for rank, person in people.items()}) == cast()
    async with running as env:
        yield Stage(env, bot, app, world.store, world.clock, guild, channel, people)


async def play_discord(calls: Sequence[Call]) -> dict[str, Answers]:
    """Return what slash and prefix answer, and what they should show: the library's answer, laid out."""
    played: dict[str, Answers] = {"shown": [], "shown as written": [], "slash": [], "prefix": []}
    world = World()
    async with discord_stage(world) as stage:
        for call in calls:
            command = command_of(stage, call)
            if command is None:
                typing = call.name in WHILE_TYPING and set(call.raw) <= {"typed"}
                suggested = await _type(stage, world, call) if typing else None
                for way, answer in (
                    ("shown", None),
                    ("shown as written", None),
                    ("slash", suggested),
                    ("prefix", None),
                ):
                    played[way].append(answer)
                continue
            for way, by_slash in (("shown", True), ("shown as written", False)):
                offered_ = partial(offered_commands, stage.bot)
                names = SlashNames(stage.bot.tree) if by_slash else None
                used = (command.qualified_name, command.spec)
                current_wording.set(TypedCommands(offered_, "!", used, names, call.raw))
                await world.prepare(call)
                outcome = await command.spec.answer(call.raw, context_of(stage.app, call))
                text = refusal(outcome.failure()) if isinstance(outcome, Failure) else laid_out(outcome.unwrap())
                played[way].append(_chat_answer(world, text))
            played["slash"].append(await _slash(stage, world, call, command))
            played["prefix"].append(await _write(stage, world, call, command))
        assert stage.env.errors == []
        assert stage.pings() == []
    return played


def command_of(stage: Stage, call: Call) -> HostedCommand | None:
    """Find the command that calls an operation with those parameters; its own before one that it shares."""
    policy = operation_of(call).policy
    found = [
        command
        for command in stage.bot.walk_commands()
        if isinstance(command, HostedCommand)
        and policy in command.spec.policies
        and set(call.raw) <= {option.name for option in command.spec.options}
        and all(p.name in call.raw for p in described(call).values() if p.required)
    ]
    return min(found, key=lambda command: command.spec.policies.index(policy), default=None)


async def _slash(stage: Stage, world: World, call: Call, command: HostedCommand) -> Answer | None:
    there: Mapping[ParameterKind, Iterable[Any]] = {
        ParameterKind.USER: stage.people.values(),
        ParameterKind.ROLE: stage.guild.roles.values(),
        ParameterKind.CHANNEL: stage.guild.channels.values(),
    }
    given: dict[str, Any] = {}
    for name, value in call.raw.items():
        kind = described(call)[name].kind
        if kind not in there:
            given[name] = value
            continue
        chosen = {str(thing.id): thing for thing in there[kind]}
        if not isinstance(value, str) or value not in chosen:
            return None  # Discord lets nobody choose what is not there
        given[name] = chosen[value]
    await world.prepare(call)
    try:
        said = await stage.ask(call.who, "slash", command.qualified_name, dm=not call.guild, **given)
    except simcord.OptionError:  # what Discord itself would not send, by the bounds that the bot registered
        outcome = await by_library(stage.app, call)
        assert isinstance(outcome, Failure), f"Discord refuses what we take: {call}"
        return None
    answer = _chat_answer(world, _one(said))
    private = answer.code is not None or not command.spec.public
    assert said.private == private, "refusals, and what is not public, are for the caller alone"
    return answer


async def _write(stage: Stage, world: World, call: Call, command: HostedCommand) -> Answer | None:
    if not all(spoken(described(call)[name], value) and writable(value) for name, value in call.raw.items()):
        return None
    text = stage.written(command.qualified_name, **call.raw)
    if len(text) > 2_000:
        return None
    await world.prepare(call)
    answer = _chat_answer(world, _one(await stage.write(call.who, text, dm=not call.guild)))
    if answer.code == OVERHEARD.code:  # what may be read by nobody else is written where nobody else reads
        answer = _chat_answer(world, _one(await stage.write(call.who, text, dm=True)))
    return answer


def spoken(parameter: Parameter, value: object) -> bool:
    """Return whether an entrypoint that knows only words can distinguish a value from others that are written alike."""
    if parameter.kind in _MENTIONED and isinstance(value, str) and _MENTION.fullmatch(value):
        return False  # in a chat it is what it names, elsewhere it is no id
    if parameter.several:
        return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
    kinds = {ParameterKind.BOOLEAN: bool, ParameterKind.INTEGER: int}
    return type(value) is kinds.get(parameter.kind, str)


def writable(value: object) -> bool:
    """Return whether a value can be written in one line: nothing to trim, no quotes around it, no word like --name."""
    text = str(value)
    quoted = len(text) > 1 and text[0] in '"“' and text[-1] in '"”'
    return text != "" and text == text.strip() and "--" not in text and not quoted and len(text.splitlines()) == 1


def _one(said: Said) -> str:
    assert len(said.messages) == 1, "a call is answered exactly once"
    return said.stable


def _chat_answer(world: World, text: str) -> Answer:
    found = _SHOWN.search(text)
    return Answer(found[1] if found else None, world.state(), text=text)


def refusal(error: AppError) -> str:
    """Return a refusal as a chat shows it, without the reference."""
    return refusal_text(error, "").partition(" · reference")[0]


def laid_out(message: Message) -> str:
    """Return a success as a chat shows it."""
    return "\n".join(text_of(body["content"], body["embeds"]) for body in layout(message))


async def _type(stage: Stage, world: World, call: Call) -> Answer:
    """Type into an option and return what is suggested."""
    command, option, _ = WHILE_TYPING[call.name]
    person = stage.people[call.who]
    await world.prepare(call)
    typed = call.raw.get("typed", "")
    found = await (
        person.autocomplete(stage.channel, command, option, typed)
        if call.guild
        else person.user.autocomplete(command, option, typed)
    )
    return Answer(None, world.state(), suggested=[choice["value"] for choice in found])


# The command line, in this process.


def play_cli(calls: Sequence[Call]) -> dict[str, Answers]:
    """Return what the typed commands answer, and `twi call`."""
    with cli_on(world := World()):
        return {
            "typed": [_run(world, call, typed_words(call)) for call in calls],
            "call": [_run(world, call, called_words(call)) for call in calls],
        }


@contextlib.contextmanager
def cli_on(world: World) -> Iterator[None]:
    """Connect the commands of this process to a world."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("TWI_") and not name.startswith("TWI_TEST_")]:
            patch.delenv(name)
        patch.setenv("TWI_STORAGE", "memory")
        patch.setenv("TWI_OPERATOR_IDS", str(cast()[1]["operator"]))
        overrides = Overrides(storage=world, limiter=world, refusals=None, clock=world.clock, random=world, ids=world)
        # Else each command would open its own storage, as each process does.
        patch.setattr(
            "twi_cli.commands.calling.open_runtime",
            lambda settings, **given: open_runtime(settings, overrides, **given),
        )
        yield


def typed_words(call: Call) -> list[str] | None:
    """Return a call as `twi <context> <verb> …`; none where that form has no words for it."""
    described_ = described(call)
    if not described_.keys() >= call.raw.keys():
        return None
    if "actor" in described_ and call.who != "operator":
        return None  # the option names another member there, so that only the operator at the shell can call
    if any(parameter.required and parameter.name not in call.raw for parameter in described_.values()):
        return None
    words = [call.name.partition(".")[0], verb_of(operation_of(call))]
    if not all(spoken(described_[name], value) and value != [] for name, value in call.raw.items()):
        return None
    for name, value in call.raw.items():
        option = name.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{'' if value else 'no-'}{option}")
        else:
            words += [f"--{option}={item}" for item in (value if isinstance(value, list | tuple) else [value])]
    if "actor" in described_:
        return [*words, "--output=json"]
    return words + caller_words(call, guild=call.guild and operation_of(call).policy.guild)  # some take no --guild


def called_words(call: Call) -> list[str]:
    """Return a call as `twi call NAME JSON`."""
    return ["call", call.name, json.dumps(call.raw), *caller_words(call, guild=call.guild)]


def caller_words(call: Call, *, guild: bool) -> list[str]:
    """Return the options that say who calls, and where."""
    level = LEVELS[call.who]
    words = [f"--actor={cast()[1][call.who]}", "--output=json"]
    words += [f"--as={level.label}"] if level is not Level.EVERYONE else []
    return words + ([f"--guild={cast()[0]}"] if guild else [])


def _run(world: World, call: Call, words: list[str] | None) -> Answer | None:
    if words is None or any("\x00" in word for word in words):
        return None  # no process can be given such an argument
    asyncio.run(world.prepare(call))
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = main(words)
    if code == 0:
        assert err.getvalue() == ""
        return Answer(None, world.state(), value=json.loads(out.getvalue()))
    assert out.getvalue() == ""
    error = json.loads(err.getvalue())
    return Answer(error["code"], world.state(), (error["message"], error["hint"]))


# HTTP, over a socket.


async def play_http(calls: Sequence[Call]) -> Answers:
    """Return what the HTTP API answers to the token of each caller."""
    world = World(keep_tokens=True)
    answers: Answers = []
    overrides = Overrides(storage=world, limiter=world, refusals=None, clock=world.clock, random=world, ids=world)
    guild, people = cast()
    async with opened(overrides, operator_ids=frozenset({UserId(people["operator"])})) as entrypoint:
        tokens = {
            who: await entrypoint.token(level.label, actor=people[who], guilds=(guild,))
            for who, level in LEVELS.items()
        }
        for call in calls:
            await world.prepare(call)
            answers.append(await _post(entrypoint, world, call, tokens[call.who]))
    return answers


async def _post(entrypoint: HttpServer, world: World, call: Call, token: str) -> Answer:
    operation = operation_of(call)
    path = path_of(operation).format(guild=cast()[0])
    if not call.guild and operation.policy.guild:
        path = f"/api/v1/operations/{call.name}"
    body = json.dumps(call.raw).encode()
    response = await entrypoint.client.post(
        path, headers={**bearer(token), "Content-Type": "application/json"}, content=body
    )
    answered = response.json()
    if response.status_code == 200:
        return Answer(None, world.state(), value=answered)
    return Answer(answered["code"], world.state(), (answered["detail"], answered["hint"]))
