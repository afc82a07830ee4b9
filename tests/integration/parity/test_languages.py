"""Every sentence is looked up in the caller's language: what people read in a pseudo-language holds no plain word."""

import asyncio
import contextlib
import html
import io
import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final, final

import pytest
import simcord
from cyclopts import App

from tests.architecture.operations import EVERY
from tests.integration.discord.stage import Stage
from tests.integration.http.server import opened
from tests.integration.parity.entrypoints import cli_on, discord_stage
from tests.integration.parity.test_hints import (
    BEFORE,
    GUILD,
    PEOPLE,
    attempts,
    commands,
    fresh,
    post,
    slash,
    typed,
    words,
)
from tests.integration.parity.world import World, example
from tests.pseudo import TAG, PseudoOnly, compile_pseudo, english
from twi_cli.main import main
from twi_cli.root import build_app
from twi_core.kernel.context import Origin
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.ids import UserId
from twi_core.kernel.parameters import parameters
from twi_core.kernel.permissions import declared_permissions
from twi_discord.commands.specs import CommandSpec
from twi_http.paths import by_context, offered, path_of
from twi_runtime.opening.lifecycle import Overrides
from twi_runtime.registry import every_entry

FIELDS: Final = [parameter for operation in EVERY for parameter in parameters(operation.command)]
KNOWN: Final = " ".join(
    (
        *(operation.name for operation in EVERY),
        *declared_permissions(),
        *(" ".join((field.name.replace("_", " "), *field.choices)) for field in FIELDS),
        str(BEFORE),
        "twi UTC JSON POST api nonsense zz Untagged",
        "og eller",  # by which the rules of the language that the pseudo-language passes for join a list
    )
)
"""What has one name in every language, and what the members of the test have written."""

TYPED: Final = re.compile(r"--[a-z][\w-]*(?:=\S+)?|\b[a-z_]+\.[a-z_*]+|: twi .*|Untagged")
"""What people type in a terminal: options, names and whole lines; and the tag that everyone types alike."""
TYPED_IN_HELP: Final = re.compile(rf"{TYPED.pattern}|\b[A-Z_-]{{2,}}\b|\btext, json|: text\.|everyone, \w+, \w+, \w+")
"""What help shows beside it: names of values, and the choices of the options that all commands have."""

SAMPLE: Final = 4
"""Inputs of each operation whose JSON is compared: the example, and the first that are refused."""
SENTENCES: Final = {"cause", "hint", "message", "takes"}
"""Fields of results that hold a sentence: `docs/languages.md` names them."""
CHOICES: Final = "base head debug warning error critical zsh bash fish powershell"
"""Choices and defaults of the commands that are no operations."""

IN_A_PAGE: Final = re.compile(r"<(code|pre|textarea)\b.*?</\1>|<[^>]*>", re.DOTALL)
"""What pages show as code, and the elements themselves."""

OR: Final = "eller"
"""How the language that the pseudo-language passes for ends a list of alternatives."""


@final
class Leaks:
    """What was shown with words that were not looked up, by where it was shown."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}

    def look(self, where: str, shown: str, raw: Mapping[str, Any]) -> None:
        """Look for such words in an answer to a call."""
        left = list(english(shown, f"{KNOWN} {json.dumps(raw)}"))
        if left:
            self.found[f"{where}: {shown[:300]}"] = left


def tried(operation: AnyOperation) -> Iterator[Mapping[str, Any]]:
    """Yield what an operation is called with: what works, and what doesn't."""
    yield example(operation.name)
    yield from attempts(operation)


async def _in_chat(stage: Stage, world: World, leaks: Leaks, name: str, spec: CommandSpec) -> None:
    for raw in [raw for operation in EVERY if operation.policy in spec.policies for raw in tried(operation)]:
        given: dict[str, Any] = {spec.renamed.get(field, field): value for field, value in raw.items()}
        shown = {each.name: str(given[each.name]) for each in spec.options if each.name in given}
        for who in ("administrator", "member"):
            await fresh(world)
            written = await stage.write(who, words(name, spec, given)[:2_000])
            leaks.look(f"!{name}", written.text, raw)
            await fresh(world)
            with contextlib.suppress(simcord.OptionError, ValueError):  # what Discord doesn't send
                _, options = slash(stage, " ".join((f"/{name}", *(f"{o}:{v}" for o, v in shown.items()))))
                leaks.look(f"/{name}", (await stage.ask(who, "slash", name, **options)).text, raw)


def test_no_sentence_of_discord_is_left_in_english(tmp_path: Path) -> None:
    """Answers, refusals and help, written and by slash, to somebody who may and to somebody who may not."""
    languages = PseudoOnly(tmp_path)

    async def run() -> Leaks:
        world, leaks = World(languages=languages), Leaks()
        async with discord_stage(world) as stage:
            for name, spec in commands(stage):
                await _in_chat(stage, world, leaks, name, spec)
                leaks.look("!help", (await stage.write("member", f"!help {name}")).text, {"command": name})
            every = [f"{name} {' '.join(o.name for o in spec.options)}" for name, spec in commands(stage)]
            leaks.look("!help", (await stage.write("member", "!help")).text, {"command": every})
            assert stage.env.errors == []
        return leaks

    assert asyncio.run(run()).found == {}


def test_no_sentence_of_the_command_line_is_left_in_english(tmp_path: Path) -> None:
    """Results, refusals and help of every command."""
    compile_pseudo(tmp_path)
    leaks = Leaks()
    with cli_on(world := World()), pytest.MonkeyPatch.context() as patch:
        patch.setenv("TWI_CATALOGUES", str(tmp_path))
        patch.setenv("LC_ALL", TAG)
        for operation in EVERY:
            if Origin.CLI in operation.policy.closed_to:
                continue
            for raw in tried(operation):
                asyncio.run(fresh(world))
                line = typed(operation, raw)
                leaks.look("twi", TYPED.sub(" ", _printed(line)), {**raw, "line": line})
            help_ = TYPED_IN_HELP.sub(" ", _printed([*typed(operation, {})[:2], "--help"]))
            leaks.look(
                "twi --help", help_, {parameter.name: parameter.choices for parameter in parameters(operation.command)}
            )
    assert leaks.found == {}


def test_json_of_the_command_line_is_the_same_in_every_language(tmp_path: Path) -> None:
    """Results as JSON depend on the language in fields that hold a sentence only; code and kind of a refusal don't."""
    compile_pseudo(tmp_path)
    different = {}
    with cli_on(world := World()), pytest.MonkeyPatch.context() as patch:
        patch.setenv("LC_ALL", TAG)
        for operation in EVERY:
            if Origin.CLI in operation.policy.closed_to:
                continue
            for raw in islice(tried(operation), SAMPLE):
                answers = []
                for folder in ("", str(tmp_path)):
                    patch.setenv("TWI_CATALOGUES", folder)
                    asyncio.run(fresh(world))
                    answers.append(_stable([*typed(operation, raw), "--output=json"]))
                if answers[0] != answers[1]:
                    different[f"{operation.name} {raw}"[:300]] = answers
    assert different == {}


def without_sentences(value: Any) -> Any:
    """Return JSON without the fields that hold a sentence of ours."""
    if isinstance(value, list):
        return [without_sentences(item) for item in value]
    if isinstance(value, dict):
        return {name: without_sentences(item) for name, item in value.items() if name not in SENTENCES}
    return value


def _stable(line: list[str]) -> tuple[Any, ...]:
    """Return the result as JSON, or what of a refusal is the same in every language."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = main(line)
    if not code:
        return (without_sentences(json.loads(out.getvalue())),)
    refused = json.loads(err.getvalue().splitlines()[-1])
    return code, refused["code"], refused["kind"]


@pytest.mark.parametrize(
    ("line", "variable", "code"),
    [
        ("errors links.not_fuond", "", "cli.unknown_code"),
        ("errors zz", "", "cli.unknown_code"),
        ("db status", "TWI_DATABASE_URL=postgresql://twi@127.0.0.1:1/twi", "storage.unavailable"),
        ("links tags --guild=9", "TWI_DATABASE_URL=sqlite:///x", "settings.invalid"),
        ("links tags --guild=9", "TWI_HTTP_PORT=many", "settings.invalid"),
        ("config check", "TWI_LOG_LEVEL=loud", "settings.invalid"),
        ("logs summary", "", "logs.no_file"),
        ("bot", "", "discord.token_missing"),
    ],
    ids=str,
)
def test_no_failure_of_a_process_is_left_in_english(line: str, variable: str, code: str, tmp_path: Path) -> None:
    """What `twi` itself fails with, outside any call, is in the language of the terminal as well."""
    compile_pseudo(tmp_path)
    name, _, value = variable.partition("=")
    leaks = Leaks()
    with cli_on(World()), pytest.MonkeyPatch.context() as patch:
        patch.setenv("TWI_CATALOGUES", str(tmp_path))
        patch.setenv("LC_ALL", TAG)
        if name:
            patch.setenv(name, value)
        if "DATABASE" in name:
            patch.delenv("TWI_STORAGE")
        with contextlib.redirect_stderr(io.StringIO()) as err:
            main(line.split())
    message, hint, last = err.getvalue().splitlines()[-3:]  # above them stands the log
    leaks.look(
        "twi", TYPED.sub(" ", f"{message}\n{hint}"), {"given": variable, OR: "debug info warning error postgresql"}
    )
    assert last.endswith(code)
    assert leaks.found == {}


def test_no_help_of_the_command_line_is_left_in_english(tmp_path: Path) -> None:
    """The help of `twi` itself, of each group, and of each command that is no operation."""
    compile_pseudo(tmp_path)
    leaks = Leaks()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TWI_CATALOGUES", str(tmp_path))
        patch.setenv("LC_ALL", TAG)
        for path in _commands(build_app(), ()):
            shown = TYPED_IN_HELP.sub(" ", _printed([*path, "--help"]))
            leaks.look(" ".join(("twi", *path)), shown, {"typed": [*_names(build_app(), path), *path, CHOICES]})
    assert leaks.found == {}


def _commands(app: App, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the words of each command of a group, the group's own first, without the operations."""
    yield path
    if path[:1] not in {(operation.name.partition(".")[0],) for operation in EVERY}:
        for name in app:
            if name not in {"-h", "--help", "--version"}:
                yield from _commands(app[name], (*path, name))


def _names(app: App, path: tuple[str, ...]) -> list[str]:
    """Return the names of commands that the help of a group lists."""
    for name in path:
        app = app[name]
    return list(app)


def _printed(line: list[str]) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        main(line)
    return "\n".join((out.getvalue(), *(each.partition("  ")[2] for each in err.getvalue().splitlines()[:2])))


def test_no_problem_over_http_is_left_in_english(tmp_path: Path) -> None:
    """Title, detail and hint of every problem are in the language of the header."""
    languages = PseudoOnly(tmp_path)

    async def run() -> Leaks:
        world, leaks = World(keep_tokens=True), Leaks()
        overrides = Overrides(
            storage=world,
            limiter=world,
            refusals=None,
            clock=world.clock,
            random=world,
            ids=world,
            languages=languages,
        )
        async with opened(overrides, operator_ids=frozenset({UserId(PEOPLE["operator"])})) as server:
            token = await server.token("administrator", actor=PEOPLE["administrator"], guilds=(GUILD,))
            for operation in EVERY:
                for raw in attempts(operation):
                    await fresh(world)
                    answered = await post(server, token, path_of(operation).format(guild=GUILD), json.dumps(raw))
                    if "detail" in answered:
                        hint = answered["hint"].partition("POST ")[0]
                        known = {**raw, OR: [(each.name, each.choices) for each in parameters(operation.command)]}
                        leaks.look("http", f"{answered['title']} {answered['detail']} {hint}", known)
        return leaks

    assert asyncio.run(run()).found == {}


def test_the_labels_of_suggested_values_are_not_left_in_english(tmp_path: Path) -> None:
    """A value that is chosen has one spelling; its label is in the language of the person who types."""
    languages = PseudoOnly(tmp_path)

    async def run() -> list[dict[str, Any]]:
        async with discord_stage(World(languages=languages)) as stage:
            typing, switch = stage.people["administrator"], "permissions.quiet_refusals"
            return await typing.autocomplete(stage.channel, "settings set", "value", "", key=switch)

    shown = asyncio.run(run())
    assert [choice["value"] for choice in shown] == ["yes", "no"]
    assert [choice["name"] for choice in shown if list(english(choice["name"], ""))] == []


def test_no_page_over_http_is_left_in_english(tmp_path: Path) -> None:
    """The lists and the pages of contexts and error codes are in the language of the header."""
    languages = PseudoOnly(tmp_path)
    entries = every_entry(EVERY)
    names = " ".join((*entries, *(str(entry.definition.example) for entry in entries.values())))
    examples = json.dumps([[str(field.example), field.choices, field.name] for field in FIELDS])

    async def run() -> Leaks:
        leaks = Leaks()
        async with opened(Overrides(languages=languages)) as server:
            contexts = [f"/docs/{context}" for context in by_context(offered(EVERY))]
            codes = [f"/docs/errors/{code}" for code in entries]
            for place in ("/docs", "/docs/errors", *contexts, *codes):
                answer = await server.client.get(place)
                shown = html.unescape(IN_A_PAGE.sub(" ", answer.text))
                leaks.look(place, shown, {"OpenAPI": names, "examples": examples})
        return leaks

    assert asyncio.run(run()).found == {}
