"""Help that is made from the commands themselves."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from discord.ext import commands

from twi_core.kernel.context import CallContext
from twi_core.kernel.durations import how_often
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.parameters import Parameter, ParameterKind, takes
from twi_core.kernel.policy import Policy, Scope
from twi_discord.calls.host import Host
from twi_discord.commands.context_menus import HostedMenu
from twi_discord.commands.grammar import option_name, usage
from twi_discord.commands.hybrids import HostedCommand, HostedGroup
from twi_discord.commands.specs import CommandSpec, Option, Suggestions
from twi_discord.errors import UNKNOWN_COMMAND
from twi_discord.replies.markup import escape
from twi_discord.replies.render import Message

GRAMMAR: Final = (
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
        return Success([(name, name) for name, _door in _commands(bot) if wanted in name])

    async def answer(raw: Mapping[str, object], context: CallContext, /) -> Outcome[Message, AppError]:
        wanted = " ".join(str(raw.get("command", "")).casefold().split()).removeprefix("/").removeprefix(prefix)
        shown = _overview(bot, prefix) if not wanted else _explained(bot, prefix, wanted)
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


def _overview(bot: commands.Bot, prefix: str) -> str:
    lines = [f"- `{prefix}{name}` {escape(spec.summary)}" for name, spec in _commands(bot)]
    return "\n".join(
        ("Commands, with a slash or written:", *lines, *_menus(bot), GRAMMAR, f"More: `{prefix}help link add`")
    )


def _menus(bot: commands.Bot) -> Iterator[str]:
    """Tell of the commands that are clicked, not typed."""
    for menu in bot.tree.get_commands():
        if isinstance(menu, HostedMenu):
            yield f"- in the menu of a {menu.type.name}, Apps, {escape(menu.name)}: {escape(menu.spec.summary)}"


def _explained(bot: commands.Bot, prefix: str, wanted: str) -> str | None:
    command: commands.Command[Any, ..., Any] | None = bot.get_command(wanted)
    if isinstance(command, HostedCommand) and command.qualified_name == wanted:
        return "\n".join(_detail(command.qualified_name, command.spec, prefix))
    if isinstance(command, HostedGroup) and command.qualified_name == wanted:
        lines = [f"- `{prefix}{n}` {escape(spec.summary)}" for n, spec in _commands(bot) if n.startswith(f"{wanted} ")]
        return "\n".join((f"**{wanted}**: {escape(command.help or '')}", *lines, GRAMMAR))
    return None


def _detail(name: str, spec: CommandSpec, prefix: str) -> Iterator[str]:
    yield f"**{name}**: {escape(spec.summary)}"
    yield f"`{prefix}{name} {usage(spec)}`".replace(" `", "`")
    for option in spec.options:
        parameter = option.parameter
        bounds = _bounds(parameter)
        optional = "" if parameter.required else " Optional."
        yield f"- `{parameter.name}`: {escape(parameter.description)}{bounds}{optional}"
    yield f"Example: `{prefix}{example(name, spec)}`"
    said = [line for policy in spec.policies for line in _rules(policy)]
    yield from dict.fromkeys(said)  # a command of two operations says once what holds for both
    yield GRAMMAR


def _rules(policy: Policy) -> Iterator[str]:
    yield f"Who: {policy.requires.default.holders}" + (", and whoever it belongs to" if policy.own else "")
    for rate in policy.limits:
        counted = "" if rate.scope is Scope.MEMBER else f", for {rate.scope.whose}"
        yield f"Limit: {how_often(rate.amount, rate.per)}{counted}"


def _bounds(parameter: Parameter) -> str:
    """Say what an option takes beyond its description, and how a list of it is written."""
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
