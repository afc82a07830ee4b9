"""The bounds of every parameter live in its command; each entrypoint shows these and no others."""

import asyncio
import contextlib
import io
import re
from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.architecture.operations import EVERY, named
from tests.contexts import suites
from tests.each import for_each
from tests.integration.parity.entrypoints import WHILE_TYPING, discord_stage
from tests.integration.parity.world import World
from twi_cli.commands.contexts import verb_of
from twi_cli.main import main
from twi_core.kernel.context import Origin
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.ids import LARGEST_ID
from twi_core.kernel.parameters import Parameter, ParameterKind, parameters
from twi_discord.commands.hybrids import HostedCommand
from twi_discord.commands.specs import CURSOR
from twi_http.openapi import document

IDS: Final = {ParameterKind.USER, ParameterKind.ROLE, ParameterKind.CHANNEL, ParameterKind.GUILD, ParameterKind.MESSAGE}
TEXT_LIMIT: Final = 6000
"""Discord takes no longer texts."""
DISCORD_TYPES: Final = {
    ParameterKind.TEXT: 3,
    ParameterKind.CHOICE: 3,
    ParameterKind.INTEGER: 4,
    ParameterKind.BOOLEAN: 5,
    ParameterKind.USER: 6,
    ParameterKind.CHANNEL: 7,
    ParameterKind.ROLE: 8,
    ParameterKind.NUMBER: 10,
    ParameterKind.DATETIME: 3,
    ParameterKind.DURATION: 3,
}
OPTIONS: Final = [suite.discord for suite in suites().values()]
LEFT_OUT: Final = {name: left_out for each in OPTIONS for name, left_out in each.left_out.items()}
"""What Discord itself knows, and so does not ask for."""
SETTLED: Final = {command for each in OPTIONS for command in each.settled}
"""Commands of one thing among others, which therefore do not ask for what names it."""
JSON_TYPES: Final = {
    ParameterKind.TEXT: "string",
    ParameterKind.CHOICE: "string",
    ParameterKind.INTEGER: "integer",
    ParameterKind.BOOLEAN: "boolean",
    ParameterKind.NUMBER: "number",
    ParameterKind.DATETIME: "string",
    ParameterKind.DURATION: "string",
}


# Discord: what the bot sends when it syncs.


@pytest.fixture(scope="module")
def synced() -> Mapping[str, tuple[HostedCommand, Mapping[str, Any]]]:
    """Each command of the bot, by its full name, with the definition of it that Discord was sent."""

    async def collect() -> dict[str, tuple[HostedCommand, Mapping[str, Any]]]:
        async with discord_stage(World()) as stage:
            (sent,) = [
                r for r in stage.env.http_requests if (r.method, r.path.rsplit("/", 1)[-1]) == ("PUT", "commands")
            ]
            assert isinstance(sent.json, list)
            return {
                command.qualified_name: (command, _definition(sent.json, command.qualified_name))
                for command in stage.bot.walk_commands()
                if isinstance(command, HostedCommand)
            }

    return asyncio.run(collect())


def _definition(sent: list[Any], name: str) -> Mapping[str, Any]:
    found: Any = {"options": sent}
    for word in name.split():
        found = next(option for option in found["options"] if option["name"] == word)
    assert isinstance(found, dict)
    return found


@for_each("operation", EVERY, ids=named)
def test_discord_is_sent_them(
    operation: AnyOperation, synced: Mapping[str, tuple[HostedCommand, Mapping[str, Any]]]
) -> None:
    """Type, lengths, range, choices and whether it must be given are what the command says, option by option."""
    commands = [found for found in synced.values() if operation.policy in found[0].spec.policies]
    if Origin.DISCORD in operation.policy.closed_to or operation.name in WHILE_TYPING:
        assert commands == []
        return
    left_out = {CURSOR, *LEFT_OUT.get(operation.name, ())}
    expected = [parameter for parameter in parameters(operation.command) if parameter.name not in left_out]
    for command, definition in commands:
        options = {option["name"]: option for option in definition.get("options", ())}
        if command.qualified_name in SETTLED:
            continue
        shared = len(command.spec.policies) > 1
        if shared and command.spec.policies[0] is not operation.policy:
            assert not expected, "what shares a command is what it does without that command's option"
            continue
        assert len(options) == len(expected)
        for parameter in expected:
            renamed = parameter.name not in options  # `/tag tag` is a category
            option = next(iter(options.values())) if renamed else options[parameter.name]
            assert option["type"] == DISCORD_TYPES[parameter.kind]
            assert option["required"] == (parameter.required and not shared)
            assert option["description"].startswith(parameter.description.removesuffix("."))
            assert parameter.form in option["description"]
            assert [choice["value"] for choice in option.get("choices", ())] == list(parameter.choices)
            unit = "length" if parameter.kind is ParameterKind.TEXT else "value"
            assert option.get(f"min_{unit}") == parameter.minimum
            most = min(parameter.maximum or TEXT_LIMIT, TEXT_LIMIT) if unit == "length" else parameter.maximum
            assert option.get(f"max_{unit}") == most


def test_discord_suggests_where_values_can_be_listed(
    synced: Mapping[str, tuple[HostedCommand, Mapping[str, Any]]],
) -> None:
    """Every option for something that is stored or declared is completed while it is typed."""
    completed = {
        (name, option["name"])
        for name, (_, definition) in synced.items()
        for option in definition.get("options", ())
        if option.get("autocomplete")
    }
    names = {name for each in OPTIONS for name in each.completed}
    stored = {
        (name, option.name)
        for name, (command, _) in synced.items()
        for option in command.spec.options
        if option.name in names
    }
    uncompleted = {pair for each in OPTIONS for pair in each.uncompleted}
    assert uncompleted <= stored
    assert completed - {("help", "command")} == stored - uncompleted


# The command line: what its help says.


def help_of(operation: AnyOperation, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """Return the help of each option of an operation's command."""
    monkeypatch.setenv("COLUMNS", "1000")
    context = operation.name.partition(".")[0]
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert main([context, verb_of(operation), "--help"]) == 0
    joined = re.sub(r"\n {4,}", "  ", out.getvalue())  # what stands below a long name belongs to it
    lines = [line for line in joined.splitlines() if re.match(r"\s+\S*.*--", line)]
    return {match[1]: line for line in lines if (match := re.search(r"--([a-z-]+)", line))}


@for_each("operation", EVERY, ids=named)
def test_the_help_of_the_command_line_says_them(operation: AnyOperation, monkeypatch: pytest.MonkeyPatch) -> None:
    """The greatest length, the choices and what must be given are what the command says, option by option."""
    shown = help_of(operation, monkeypatch)
    for parameter in parameters(operation.command):
        line = shown[parameter.name.replace("_", "-")]
        assert parameter.description in line
        assert ("Required." in line) == parameter.required
        lengths = re.findall(r"At most ([\d,]+) characters\.", line)
        assert lengths == ([f"{parameter.maximum:,.0f}"] if parameter.kind is ParameterKind.TEXT else [])
        choices = re.search(r"One of ([^.]*)\.", line)
        assert (choices[1].split(", ") if choices else []) == list(parameter.choices)
        assert ("Can be repeated." in line) == parameter.several


# HTTP: what the OpenAPI document says.


@for_each("operation", EVERY, ids=named)
def test_openapi_describes_them(operation: AnyOperation) -> None:
    """Type, lengths, range, choices and whether it must be given are what the command says, property by property."""
    found = document([operation], ())
    (schema,) = [
        entry["requestBody"]["content"]["application/json"]["schema"]
        for path in found["paths"].values()
        for entry in path.values()
        if entry["operationId"] == operation.name
    ]
    body = found["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    described = parameters(operation.command)
    assert set(body.get("required", ())) == {parameter.name for parameter in described if parameter.required}
    assert set(body["properties"]) == {parameter.name for parameter in described}
    for parameter in described:
        shape = body["properties"][parameter.name]
        said = shape if "description" in shape else arms(shape)[0]  # an optional one may say it of what it is if given
        assert said["description"] == parameter.description
        assert said["examples"][0] == parameter.example
        assert parameter.several == (shape.get("type") == "array")
        check_shape(parameter, arms(shape["items"] if parameter.several else shape))


def arms(shape: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what a property may be, but for null."""
    if "anyOf" in shape:
        return [arm for part in shape["anyOf"] for arm in arms(part)]
    return [] if shape.get("type") == "null" else [shape]


def check_shape(parameter: Parameter, found: list[Mapping[str, Any]]) -> None:
    """Compare what a property may be with its parameter."""
    if parameter.kind in IDS:
        assert {arm["type"] for arm in found} == {"string", "integer"}, "an id is a text of digits, or a whole number"
        number = next(arm for arm in found if arm["type"] == "integer")
        assert (number["minimum"], number["maximum"]) == (1, LARGEST_ID)
        return
    (shape,) = found
    assert shape["type"] == JSON_TYPES[parameter.kind]
    assert shape.get("enum", []) == list(parameter.choices)
    low, high = ("minLength", "maxLength") if parameter.kind is ParameterKind.TEXT else ("minimum", "maximum")
    assert shape.get(low) == (parameter.minimum or None)
    assert shape.get(high) == parameter.maximum
