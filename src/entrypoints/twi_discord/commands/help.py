"""Help that is made from the commands themselves."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from discord.ext import commands

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.parameters import Parameter, ParameterKind, takes
from twi_core.kernel.policy import Policy
from twi_discord.calls.host import Host
from twi_discord.commands.context_menus import HostedMenu
from twi_discord.commands.grammar import option_name, usage
from twi_discord.commands.hybrids import HostedCommand, HostedGroup
from twi_discord.commands.specs import CommandSpec, Option, Suggestions
from twi_discord.errors import UNKNOWN_COMMAND
from twi_discord.replies.markup import Markup, code, lines, say
from twi_discord.replies.message import Message
from twi_discord.replies.wording import rate

GRAMMAR: Final = say(
    "Written commands: the words after the name are one value, quotes are not needed; "
    "everything else is `--name value`, in any order. "
    'A value that holds words such as `--name` goes within double quotes: `"say --name"`; '
    'one that begins with a double quote goes within curly ones: `“"so" he said”`.'
)

_COMMAND: Final = Parameter(
    name="command",
    kind=ParameterKind.TEXT,
    several=False,
    required=False,
    default=None,
    minimum=1,
    maximum=100,
    multiline=False,
    choices=(),
    description="The command to explain.",
    example="link add",
)


def help_command(host: Host) -> CommandSpec:
    """Describe the help over the commands of ours that a bot has."""
    bot, prefix = host.bot, host.prefix

    async def complete(typed: str, _: CallContext) -> Outcome[Suggestions, AppError]:
        wanted = typed.casefold()
        return Success([(name, name) for name, _ in _commands(bot) if wanted in name])

    async def answer(raw: Mapping[str, object], context: CallContext, /) -> Outcome[Message, AppError]:
        wanted = " ".join(str(raw.get("command", "")).casefold().split()).removeprefix("/").removeprefix(prefix)
        shown = _overview(bot, prefix) if not wanted else _explanation(bot, prefix, wanted)
        if shown is None:
            return Failure(
                host.app.invalid_requests.counted(AppError(UNKNOWN_COMMAND, {"name": wanted[:100]}), context)
            )
        return Success(Message(shown))

    return CommandSpec(
        name="help",
        summary="Show what this bot can do, or how one command works.",
        options=(Option(_COMMAND, complete),),
        answer=answer,
        positional="command",
        public=False,
    )


def _commands(bot: commands.Bot) -> Iterator[tuple[str, CommandSpec]]:
    found = (command for command in bot.walk_commands() if isinstance(command, HostedCommand))
    yield from sorted(((command.qualified_name, command.spec) for command in found), key=lambda pair: pair[0])


def _overview(bot: commands.Bot, prefix: str) -> Markup:
    more = say("More: {example}", example=code(f"{prefix}help link add"))
    listed = (_line(prefix, name, spec) for name, spec in _commands(bot))
    return lines(say("Commands, with a slash or written:"), *listed, *_menus(bot), GRAMMAR, more)


def _line(prefix: str, name: str, spec: CommandSpec) -> Markup:
    return say("- {command} {summary}", command=code(f"{prefix}{name}"), summary=spec.summary)


def _menus(bot: commands.Bot) -> Iterator[Markup]:
    """Tell of the commands that are clicked, not typed."""
    for menu in bot.tree.get_commands():
        if isinstance(menu, HostedMenu):
            yield say(
                "- in the menu of a {kind}, Apps, {name}: {summary}",
                kind=menu.type.name,
                name=menu.name,
                summary=menu.spec.summary,
            )


def _explanation(bot: commands.Bot, prefix: str, wanted: str) -> Markup | None:
    command: commands.Command[Any, ..., Any] | None = bot.get_command(wanted)
    if isinstance(command, HostedCommand) and command.qualified_name == wanted:
        return lines(*_detail(command.qualified_name, command.spec, prefix))
    if isinstance(command, HostedGroup) and command.qualified_name == wanted:
        within = (_line(prefix, name, spec) for name, spec in _commands(bot) if name.startswith(f"{wanted} "))
        return lines(say("**{name}**: {summary}", name=wanted, summary=command.help or ""), *within, GRAMMAR)
    return None


def _detail(name: str, spec: CommandSpec, prefix: str) -> Iterator[Markup]:
    yield say("**{name}**: {summary}", name=name, summary=spec.summary)
    yield code(f"{prefix}{name} {usage(spec)}".rstrip())
    for option in spec.options:
        yield _option(option.parameter)
    yield say("Example: {example}", example=code(f"{prefix}{example(name, spec)}"))
    said = [line for policy in spec.policies for line in _rules(policy)]
    yield from dict.fromkeys(said)  # a command of two operations says once what holds for both
    yield GRAMMAR


def _option(parameter: Parameter) -> Markup:
    return say(
        "- {name}: {description}{bounds}{optional}",
        name=code(parameter.name),
        description=parameter.description,
        bounds=_bounds(parameter),
        optional="" if parameter.required else " Optional.",
    )


def _rules(policy: Policy) -> Iterator[Markup]:
    owner = ", and whoever it belongs to" if policy.own else ""
    yield say("Who: {holders}{owner}", holders=policy.requires.default.holders, owner=owner)
    for limit in policy.limits:
        yield say("Limit: {rate}", rate=rate(limit))


def _bounds(parameter: Parameter) -> str:
    """Return what an option takes beyond its description, and how a list of it is written."""
    said = [takes(parameter), "several with commas" if parameter.several else ""]
    told = "; ".join(filter(None, said))
    return f" {told[:1].upper()}{told[1:]}." if told else ""


def example(name: str, spec: CommandSpec) -> str:
    """Write an example of a written command from its options' examples: what it requires, and one option more."""
    words = [name]
    words += [_word(o.parameter.example) for o in spec.options if o.name == spec.positional]
    others = [option for option in spec.options if option.name != spec.positional]
    required = [option for option in others if option.parameter.required]
    for option in required or others[:1]:
        words += [option_name(option.name), _word(option.parameter.example)]
    return " ".join(words)


def _word(example: object) -> str:
    """Write an example's value; an item of a list that holds a comma or an option's name needs its quotes."""
    if not isinstance(example, list | tuple):
        return str(example)
    items = map(str, example)
    return ", ".join(f'"{item}"' if "," in item or "--" in item else item for item in items)
