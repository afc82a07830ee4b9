"""Hints can be followed as they stand: each line that a refusal shows is sent where it was shown, and understood."""

import asyncio
import contextlib
import io
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
import simcord
from discord.ext.commands import Context

from tests.architecture.operations import EVERY
from tests.contexts import Call, suites
from tests.contracts.values import bug
from tests.integration.discord.stage import WAYS, Said, Stage
from tests.integration.http.server import HttpServer, bearer, opened
from tests.integration.parity.entrypoints import cli_on, discord_stage
from tests.integration.parity.test_refusals import REFUSED
from tests.integration.parity.world import World, cast, example, seed
from tests.shells import PASTED, in_bash
from twi_cli.commands.caller import Caller
from twi_cli.commands.calling import call_operation
from twi_cli.main import main
from twi_cli.output.outlet import Output
from twi_core.kernel.context import Origin
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.ids import ChannelId, UserId
from twi_core.kernel.parameters import ParameterKind, parameters
from twi_discord.commands.hybrids import HostedCommand
from twi_discord.commands.specs import CommandSpec
from twi_discord.connection.notifying import ChannelNotifier
from twi_http.paths import path_of
from twi_runtime.opening.lifecycle import Overrides

IN_CHAT: Final = re.compile(r"`([/!][^`]+)`")
IN_A_SHELL: Final = re.compile(r"(?:^|[ (])(twi [^()]*?)\)?\.?$", re.MULTILINE)
OVER_HTTP: Final = re.compile(r"(POST /api/.*)$")
NOT_UNDERSTOOD: Final = re.compile(
    r"(?:input|cli|http|operations)\.|discord\.(?:unknown_command|option_twice|outdated)"
)
"""Codes of what no entrypoint can make sense of."""
GUILD, PEOPLE = cast()
CODE: Final = re.compile(r"^-# `([a-z_]+\.[a-z_]+)`", re.MULTILINE)

BEFORE: Final = tuple(each for name in suites() for each in seed(name))
"""What the examples of all operations are about."""


def attempts(operation: AnyOperation) -> Iterator[dict[str, Any]]:
    """Yield input that is refused: something missing, unknown, unreadable, too long; and what the examples refuse."""
    sound = example(operation.name, only_required=True)
    yield from ({name: value for name, value in sound.items() if name != left_out} for left_out in sound)
    yield {**sound, "nonsense": "x"}
    for parameter in parameters(operation.command):
        if parameter.kind is not ParameterKind.TEXT:
            yield {**sound, parameter.name: "zz%"}
        yield {**sound, parameter.name: "x" * 5_000}
    yield sound
    yield from (dict(raw) for _, name, raw, _ in REFUSED if name == operation.name)


def placed(operation: AnyOperation) -> Call:
    """Return a call that says what is stored before."""
    return Call(operation.name, "administrator", {}, before=BEFORE, guild=operation.policy.guild)


async def fresh(world: World) -> None:
    """Bring the world to where the examples are about something."""
    await world.prepare(placed(EVERY[0]))


# Discord


def lines_in(said: Said) -> list[str]:
    """Return the commands that a refusal shows; what a success shows is no hint."""
    return IN_CHAT.findall(said.text) if CODE.search(said.text) else []


async def send(stage: Stage, line: str) -> str | None:
    """Send a line as the administrator, and return the code that answers it."""
    if line.startswith("!"):
        said = await stage.write("administrator", line)
    else:
        name, given = slash(stage, line)
        said = await stage.ask("administrator", "slash", name, **given)
    found = CODE.search(said.text)
    return found[1] if found else None


def slash(stage: Stage, line: str) -> tuple[str, dict[str, Any]]:
    """Read a slash command as Discord's client does when it is pasted: a name, then `option:value`."""
    names = [name for name, _ in commands(stage) if re.match(rf"/{re.escape(name)}(?: |$)", line)]
    name = max(names, key=len)
    spec = dict(commands(stage))[name]
    rest = line.removeprefix(f"/{name}")
    places = [(match[1], match.start(), match.end()) for match in re.finditer(r" ([a-z_]+):", rest)]
    places = [each for each in places if each[0] in {option.name for option in spec.options}]
    ends = [*(start for _, start, _ in places[1:]), len(rest)][: len(places)]
    assert places or not rest.strip(), f"{line} says more than Discord reads"
    kinds = {option.name: option.parameter.kind for option in spec.options}
    return name, {
        option: chosen(stage, kinds[option], rest[at:end]) for (option, _, at), end in zip(places, ends, strict=True)
    }


def chosen(stage: Stage, kind: ParameterKind, value: str) -> Any:
    """Return what Discord makes of a value; the ids of examples stand for somebody and something that is there."""
    match kind:
        case ParameterKind.USER:
            return stage.people["member"]
        case ParameterKind.ROLE:
            return next(iter(stage.guild.roles.values()))
        case ParameterKind.CHANNEL:
            return stage.channel
        case ParameterKind.BOOLEAN:
            return value == "yes"
        case ParameterKind.INTEGER:
            return int(value)
        case ParameterKind.CHOICE:
            return {"server": "guild"}.get(value, value)
        case _:
            return value


def commands(stage: Stage) -> list[tuple[str, CommandSpec]]:
    """Return the commands of the bot."""
    return [(each.qualified_name, each.spec) for each in stage.bot.walk_commands() if isinstance(each, HostedCommand)]


async def refused_in_chat(stage: Stage, world: World) -> set[str]:
    """Return the lines that refusals show, written and by slash, to somebody who may and to somebody who may not."""
    shown: set[str] = set()
    for name, spec in commands(stage):
        for operation in (each for each in EVERY if each.policy in spec.policies):
            for raw in attempts(operation):
                given: dict[str, Any] = {spec.renamed.get(field, field): value for field, value in raw.items()}
                for who in ("administrator", "member"):
                    await fresh(world)
                    shown |= set(lines_in(await stage.write(who, words(name, spec, given)[:2_000])))
                    text = {option.name: str(given[option.name]) for option in spec.options if option.name in given}
                    with contextlib.suppress(simcord.OptionError, ValueError):  # what Discord doesn't send
                        _, options = slash(stage, " ".join((f"/{name}", *(f"{o}:{v}" for o, v in text.items()))))
                        shown |= set(lines_in(await stage.ask(who, "slash", name, **options)))
    return shown


def words(name: str, spec: CommandSpec, given: Mapping[str, Any]) -> str:
    """Write a command, whatever of it is missing or unknown."""
    text = f"!{name}"
    if spec.positional is not None and spec.positional in given:
        text += f" {given[spec.positional]}"
    return " ".join((text, *(f"--{option} {value}" for option, value in given.items() if option != spec.positional)))


def test_hints_in_chat_are_understood() -> None:
    """Each line that a refusal shows in Discord, behind the prefix or with a slash, is a call that the bot takes."""

    async def run() -> dict[str, str]:
        world = World()
        async with discord_stage(world) as stage:
            shown = await refused_in_chat(stage, world)
            assert {line[0] for line in shown} == {"!", "/"}
            found = {}
            for line in sorted(shown):
                await fresh(world)
                found[line] = await send(stage, line)
            return {line: code for line, code in found.items() if code and NOT_UNDERSTOOD.match(code)}

    assert asyncio.run(run()) == {}


HOSTILE: Final = (
    ('"map"', '“"map"”', True, True),
    ("“map”", '"“map”"', True, True),
    ("“", '"“"', True, True),
    ('a "b" --preview yes', '“a "b" --preview yes”', True, True),
    ("“a” --tag x", '"“a” --tag x"', True, True),
    ("say --content", '"say --content"', True, True),
    ("a tag:x title:y", "a tag:x title:y", False, True),
    ("Title: a", "Title: a", False, True),
    ("a`b", "a`b", False, False),
    ("a\nb", "a\nb", False, False),
    ("<@100001> @everyone", "<@100001> @everyone", True, True),
    ("*a* __b__ ||c|| [d](https://example.org)", "*a* __b__ ||c|| [d](https://example.org)", True, True),
    ("a" * 81, "a" * 81, True, True),
    ("a " * 49 + "ab", "a " * 49 + "ab", True, True),
    ("🐉 👩\u200d👩\u200d👧 🇬🇧", "🐉 👩\u200d👩\u200d👧 🇬🇧", True, True),
)
"""Titles, how each is written, and whether a line with a slash can show it, and one behind the prefix."""

SUCCESSES: Final[Mapping[str, Mapping[str, str]]] = {
    "More about a command": {"command": "error"},
    "To import it": {},
    "Put the document after the command": {"document": '{"links.page_size": 10}'},
    "More": {"fingerprint": "f" * 16},
    "Details": {"reference": "r1"},
}
"""What stands before a line in the answer to a call that worked, and what the line says."""


async def received(stage: Stage, line: str) -> Mapping[str, Any]:
    """Send a line as the administrator, and return the values that its command received."""
    taken: list[Mapping[str, Any]] = []

    async def note(context: Context[Any]) -> None:
        taken.append(vars(context.kwargs["options"]))

    if line.startswith("/"):
        _, given = slash(stage, line)
        taken.append(given)
    else:
        stage.bot.add_listener(note, "on_command_completion")
    found = await send(stage, line)
    stage.bot.remove_listener(note, "on_command_completion")
    assert found is None or not NOT_UNDERSTOOD.match(found), line
    (values,) = taken
    return {name: value for name, value in values.items() if value is not None}


async def about(stage: Stage, world: World, title: str, written: str) -> list[str]:
    """Return the lines that are shown to callers who add a title a second time, or with content that is refused.

    Lines with the example of a title are left out: they are for a title that is refused itself.
    """
    shown: list[str] = []
    contents = ("x", "x", "http://")
    world.empty()
    for content in contents:
        shown += lines_in(await stage.ask("administrator", "slash", "link add", title=title, content=content))
    world.empty()
    for content in contents:
        shown += lines_in(await stage.write("administrator", f"!link add {written} --content {content}"))
    return [line for line in shown if "title:world map" not in line and not line.startswith("!link add world map")]


def test_hints_in_chat_repeat_what_was_typed_exactly_or_not_at_all() -> None:
    """No title puts anything else into a line than itself: what the line's command receives is the title."""

    async def run() -> None:
        world = World()
        async with discord_stage(world) as stage:
            for title, written, by_slash, behind_prefix in HOSTILE:
                shown = await about(stage, world, title, written)
                marks = [line[0] for line in shown]
                assert (marks.count("/"), marks.count("!")) == (2 * by_slash, 2 * behind_prefix), (title, shown)
                for line in shown:
                    content = {} if line[1:].startswith("link get") else {"content": example("links.add")["content"]}
                    assert await received(stage, line) == {"title": title, **content}, line

    asyncio.run(run())


def test_what_a_success_suggests_in_chat_is_understood() -> None:
    """The lines in answers and notifications are taken as they stand, and say what they are shown for."""

    async def run() -> None:
        world = World()
        async with discord_stage(world) as stage:
            await fresh(world)
            await ChannelNotifier(stage.bot, ChannelId(stage.channel.id)).notify(bug("f" * 16, "r1"))
            texts = [stage.channel.history()[-1].content]
            for name in ("help", "settings export"):
                texts += [(await stage.ask("administrator", way, name)).text for way in WAYS]
            texts.append((await stage.write("administrator", "!settings import")).text)
            seen = set()
            for lead, line in re.findall(r"^([A-Z][A-Za-z ]+): `([/!][^`]+)`$", "\n".join(texts), re.MULTILINE):
                seen.add(lead)
                assert await received(stage, line) == SUCCESSES[lead], line
            assert seen == set(SUCCESSES)

    asyncio.run(run())


def test_an_option_that_a_success_names_works() -> None:
    """The preview of an import names the option that makes the changes, as the caller types it."""
    document = '{"links.page_size": 9}'

    async def run() -> None:
        world = World()
        async with discord_stage(world) as stage:
            for way in WAYS:
                await fresh(world)
                shown = (await stage.ask("administrator", way, "settings import", document=document)).text
                named = re.search(r"import it again with `([^`]+)`", shown)
                assert named
                if way == "slash":
                    applied: dict[str, Any] = {"document": document, named[1]: True}
                    await stage.ask("administrator", way, "settings import", **applied)
                else:
                    await stage.write("administrator", f"!settings import {document} {named[1]}")
                again = (await stage.ask("administrator", way, "settings import", document=document)).text
                assert again == "Everything is already up to date."

    asyncio.run(run())


# The command line


def run(words: list[str]) -> tuple[str | None, str]:
    """Run `twi`, and return the code of a refusal, and what it wrote to standard error."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as err:
        main(words)
    found = re.search(r"^code:  ([a-z_.]+)", err.getvalue(), re.MULTILINE)
    return (found[1] if found else None), err.getvalue()


def typed(operation: AnyOperation, raw: Mapping[str, Any]) -> list[str]:
    """Return a call as words, whatever is missing or unknown in it."""
    described = {parameter.name: parameter for parameter in parameters(operation.command)}
    line = [operation.name.partition(".")[0], operation.name.partition(".")[2].replace("_", "-")]
    for name, value in raw.items():
        option = name.replace("_", "-")
        if isinstance(value, bool):
            line.append(f"--{option}")
        else:
            line += [f"--{option}={item}" for item in (value if isinstance(value, list | tuple) else [value])]
    caller = [] if "actor" in described else [f"--actor={PEOPLE['administrator']}", "--as=administrator"]
    return [*line, *caller, *([f"--guild={GUILD}"] if operation.policy.guild else [])]


def test_hints_in_a_terminal_are_understood() -> None:
    """Each line that a refusal shows on standard error can be typed as it stands."""
    with cli_on(world := World()):
        shown: set[str] = set()
        for operation in EVERY:
            if Origin.CLI not in operation.policy.closed_to:
                for raw in attempts(operation):
                    asyncio.run(fresh(world))
                    code, written = run(typed(operation, raw))
                    hint = written.partition("hint:")[2].partition("\ncode:")[0]
                    shown |= set(IN_A_SHELL.findall(hint)) if code else set()
        assert len(shown) > len(EVERY)
        wrong = {}
        for line in sorted(shown):
            asyncio.run(fresh(world))
            code, written = run(shlex.split(line)[1:])
            if code and NOT_UNDERSTOOD.match(code):
                wrong[line] = written
        assert wrong == {}


def successes() -> Iterator[list[str]]:
    """Yield command lines that succeed: every example, and what leads to a line to go on with."""
    for operation in EVERY:
        if Origin.CLI not in operation.policy.closed_to:
            yield from (typed(operation, example(operation.name, only_required=short)) for short in (True, False))
    yield from (["tokens", "list"], ["failures", "list"])
    document = json.dumps({"links.page_size": 5}, indent=1)
    yield from (["settings", "import", document, f"--guild={GUILD}", *more] for more in ([], ["--no-apply"]))
    yield ["call", "settings.import", json.dumps({"document": document}), f"--guild={GUILD}"]


def save_many(tag: str) -> None:
    """Save more links with a tag than a page has."""
    run(["settings", "set", "links.page_size", "5", f"--guild={GUILD}"])
    for number in range(6):
        run(["links", "add", f"many {number}", "x", f"--tag={tag}", f"--guild={GUILD}"])


def test_lines_of_successes_in_a_terminal_are_understood() -> None:
    """Each line that an answer shows on standard output can be typed as it stands: pages, imports, empty lists."""
    with cli_on(world := World()):
        shown: set[str] = set()
        for empty in (True, False):
            for words in successes():
                asyncio.run(world.prepare(nothing()) if empty else fresh(world))
                shown |= set(IN_A_SHELL.findall(output_of(words)))
        save_many("pages")
        shown |= set(IN_A_SHELL.findall(output_of(["links", "list", "pages", f"--guild={GUILD}"])))
        assert {word for line in shown for word in line.split()} >= {"--after", "--apply", "--resolved", "create"}
        wrong = {}
        for line in sorted(shown):
            asyncio.run(fresh(world))
            code, written = run(in_bash(line)[1:])
            if code and NOT_UNDERSTOOD.match(code):
                wrong[line] = written
        assert wrong == {}


def nothing() -> Call:
    """Return a call before which nothing is stored."""
    return Call(EVERY[0].name, "administrator", {}, guild=EVERY[0].policy.guild)


def output_of(words: list[str]) -> str:
    """Run `twi`, and return what it wrote to standard output."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()):
        main(words)
    return out.getvalue()


@pytest.mark.parametrize("value", PASTED)
def test_lines_in_a_terminal_carry_the_value_that_was_given(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A suggestion and a hint, pasted into a shell, call with exactly that value; for some, the next page's line."""
    received: list[Mapping[str, object]] = []

    def observed(operation: AnyOperation, raw: Mapping[str, object], caller: Caller, output: Output) -> int:
        received.append(raw)
        return call_operation(operation, raw, caller, output)

    monkeypatch.setattr("twi_cli.commands.contexts.call_operation", observed)
    guild, carried = f"--guild={GUILD}", set()
    with cli_on(world := World()):
        asyncio.run(fresh(world))
        if paged := value in PASTED[::5]:
            save_many(value)
        run(["links", "add", f"--title={value}", "--content=taken", guild])
        for words, field in (
            (["lnks", "add", "--title=new", f"--content={value}", guild], "content"),
            (["links", "add", f"--title={value}", "--content=taken", guild], "title"),
            *([(["links", "list", f"--tag={value}", guild], "tag")] if paged else []),
        ):
            code, written = run(words)
            if code and code.startswith("input."):
                continue  # a value that the field doesn't take leads nowhere
            line = (written or output_of(words)).partition(": twi ")[2].partition("\ncode:")[0].strip()
            received.clear()
            run(in_bash(line))
            assert [raw[field] for raw in received] == [value], line
            carried.add(field)
    assert "content" in carried


# HTTP


def test_hints_over_http_are_understood() -> None:
    """Each request that a problem shows can be sent as it stands."""

    async def run() -> dict[str, Any]:
        world = World(keep_tokens=True)
        overrides = Overrides(storage=world, limiter=world, refusals=None, clock=world.clock, random=world, ids=world)
        async with opened(overrides, operator_ids=frozenset({UserId(PEOPLE["operator"])})) as server:
            token = await server.token("administrator", actor=PEOPLE["administrator"], guilds=(GUILD,))
            shown: set[str] = set()
            for operation in EVERY:
                for raw in attempts(operation):
                    await fresh(world)
                    path = path_of(operation).format(guild=GUILD)
                    answered = await post(server, token, path, json.dumps(raw))
                    shown |= set(OVER_HTTP.findall(answered.get("hint", "")))
            assert len(shown) > len(EVERY) // 2
            wrong = {}
            for line in sorted(shown):
                await fresh(world)
                _, path, *body = line.split(" ", 2)
                answered = await post(server, token, path, body[0] if body else "")
                if "code" in answered and NOT_UNDERSTOOD.match(str(answered["code"])):
                    wrong[line] = answered
            return wrong

    assert asyncio.run(run()) == {}


async def post(server: HttpServer, token: str, path: str, body: str) -> Any:
    """Send a request, and return the JSON that answers it."""
    headers = {**bearer(token), "Content-Type": "application/json"}
    response = await server.client.post(path, headers=headers, content=body.encode())
    found = response.json()
    return found if isinstance(found, dict) else {}
