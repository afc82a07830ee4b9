"""Help that is made from the commands themselves."""

from collections.abc import Iterator, Mapping
from typing import Final

from discord import AppCommandType
from discord.ext import commands

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.parameters import Parameter, ParameterKind, takes
from twi_core.kernel.policy import Policy
from twi_discord.calls.host import Host
from twi_discord.calls.wording import offered_commands
from twi_discord.commands.context_menus import HostedMenu
from twi_discord.commands.hybrids import HostedGroup
from twi_discord.commands.localising import SlashNames
from twi_discord.commands.options import described
from twi_discord.commands.specs import CommandSpec, Option, Suggestions
from twi_discord.commands.typed import Named, TypedCommands, Typing, example_line, usage_line
from twi_discord.errors import HELP, UNKNOWN_COMMAND
from twi_discord.replies.markup import Markup, bullet, code, current_wording, join, lines, say, translated, typed
from twi_discord.replies.message import Message
from twi_discord.replies.wording import rate

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
    bot = host.bot

    async def complete(part: str, _: CallContext) -> Outcome[Suggestions, AppError]:
        spellings, typing = _spellings(part, host.prefix), _typing(host)
        found = [(_shown(typing, named[0]), named) for named in offered_commands(bot)]
        return Success([(shown, named[0]) for shown, named in found if _suggests(shown, named, spellings)])

    async def answer(raw: Mapping[str, object], context: CallContext, /) -> Outcome[Message, AppError]:
        wanted = str(raw.get("command", ""))
        typing = _typing(host)
        shown = _explanation(bot, typing, _spellings(wanted, host.prefix)) if wanted else _overview(bot, typing)
        if shown is None:
            refusal = AppError(UNKNOWN_COMMAND, {"name": " ".join(wanted.split())[:100]})
            return Failure(host.app.invalid_requests.counted(refusal, context))
        return Success(Message(shown))

    return CommandSpec(
        name="help",
        summary="Show what this bot can do, or how one command works.",
        options=(Option(_COMMAND, complete),),
        answer=answer,
        positional="command",
        public=False,
        operations=(HELP,),
    )


def _typing(host: Host) -> Typing:
    """Return how the caller types commands."""
    wording = current_wording.get(None)
    return wording.typing if isinstance(wording, TypedCommands) else host.prefix


def _shown(typing: Typing, name: str) -> str:
    """Return the whole name of a command or a group as the caller sees it."""
    return name if isinstance(typing, str) else typing.path(name)


def _spellings(wanted: str, prefix: str) -> tuple[str, ...]:
    """Return how a name that people write may be spelt in the code: `/link add`, `!link add` and `link.add` alike."""
    plain = " ".join(wanted.casefold().split())
    bare = (plain, plain.removeprefix("/").lstrip(), plain.removeprefix(prefix.casefold()).lstrip())
    return tuple(dict.fromkeys(spelling for each in bare for spelling in (each, " ".join(each.split(".")))))


def _suggests(shown: str, named: Named, spellings: tuple[str, ...]) -> bool:
    names = (shown.casefold(), named[0], *_as_words(named[1]))
    return any(spelling in known for spelling in spellings for known in names)


def _as_words(spec: CommandSpec) -> Iterator[str]:
    """Yield the operations behind a command as words: `links add`."""
    return (operation.replace(".", " ") for operation in spec.operations)


def _overview(bot: commands.Bot, typing: Typing) -> Markup:
    found = list(offered_commands(bot))
    shown = [say("Commands:"), *(_line(typing, named) for named in found), *_menus(bot, typing), *_grammar(typing)]
    if example := typed(HELP, {"command": found[0][0]} if found else {}):
        shown.append(say("More about a command: {example}", example=example))
    return lines(*shown)


def _line(typing: Typing, named: Named) -> Markup:
    name, spec = named
    mark = typing if isinstance(typing, str) else "/"
    return bullet(join(" ", (code(f"{mark}{_shown(typing, name)}"), translated(spec.summary))))


def _menus(bot: commands.Bot, typing: Typing) -> Iterator[Markup]:
    """Yield the commands that are clicked, not typed."""
    names = SlashNames() if isinstance(typing, str) else typing
    for menu in bot.tree.get_commands():
        if isinstance(menu, HostedMenu):
            name, summary = names.menu(menu), translated(menu.spec.summary)
            if menu.type is AppCommandType.user:
                yield say("- Right-click a member, Apps, {name}: {summary}", name=name, summary=summary)
            else:
                yield say("- Right-click a message, Apps, {name}: {summary}", name=name, summary=summary)


def _explanation(bot: commands.Bot, typing: Typing, spellings: tuple[str, ...]) -> Markup | None:
    """Explain a command, else a group, else what calls an operation or the operations of a context."""
    found = list(offered_commands(bot))
    for named in found:
        if named[0] in spellings or _shown(typing, named[0]).casefold() in spellings:
            return lines(*_detail(typing, named))
    for group in bot.walk_commands():
        name = group.qualified_name
        if isinstance(group, HostedGroup) and {name, _shown(typing, name).casefold()} & set(spellings):
            within = [named for named in found if named[0].startswith(f"{name} ")]
            return _group(typing, name, group.spec.summary, within)
    for named in found:
        if any(words in spellings for words in _as_words(named[1])):
            return lines(*_detail(typing, named))
    return _context(typing, spellings, found)


def _group(typing: Typing, name: str, summary: str, within: list[Named]) -> Markup:
    heading = say("**{name}**: {summary}", name=_shown(typing, name), summary=translated(summary))
    return lines(heading, *(_line(typing, named) for named in within), *_grammar(typing))


def _context(typing: Typing, spellings: tuple[str, ...], found: list[Named]) -> Markup | None:
    for spelling in spellings:
        within = [named for named in found if any(words.split()[0] == spelling for words in _as_words(named[1]))]
        if within:
            return lines(say("Commands:"), *(_line(typing, named) for named in within), *_grammar(typing))
    return None


def _detail(typing: Typing, named: Named) -> Iterator[Markup]:
    name, spec = named
    yield say("**{name}**: {summary}", name=_shown(typing, name), summary=translated(spec.summary))
    yield code(usage_line(typing, name, spec))
    yield from (_option(typing, spec, option.parameter) for option in spec.options)
    if example := example_line(typing, name, spec):
        yield say("Example: {example}", example=code(example))
    rules = [line for policy in spec.policies for line in _rules(policy)]
    yield from dict.fromkeys(rules)  # a command of two operations says once what holds for both
    yield from _grammar(typing)


def _option(typing: Typing, spec: CommandSpec, parameter: Parameter) -> Markup:
    name = parameter.name if isinstance(typing, str) else typing.option(spec, parameter.name)
    purpose = join(": ", (code(name), described(parameter, takes(parameter))))
    return bullet(purpose if parameter.required else join(" ", (purpose, say("Optional."))))


def _rules(policy: Policy) -> Iterator[Markup]:
    holders = policy.requires.default.holders
    if policy.own:
        own = policy.own.default.holders
        yield say("Who: {holders}; {own} for their own things", holders=holders, own=own)
    else:
        yield say("Who: {holders}", holders=holders)
    for limit in policy.limits:
        yield say("Limit: {rate}", rate=rate(limit))


def _grammar(typing: Typing) -> Iterator[Markup]:
    """Explain written commands to a person who writes one."""
    if isinstance(typing, str):
        yield say(
            "Written commands: the words after the name are the first value; no quotes needed. "
            "Write other options as `--name value`, in any order. "
            'Quote a value that contains `--`: `"say --name"`.'
        )
