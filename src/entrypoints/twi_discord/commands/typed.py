"""Commands as people type them in Discord: with a slash or behind the prefix, each line such that it can be sent.

Values may come from anybody, and a moderator may paste the line. So a line that would be read as something else than
what it was made from isn't shown.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, TypeAlias, final

from twi_core.kernel.parameters import Parameter
from twi_discord.commands.grammar import GrammarError, option_name, parse_words, read_value, usage
from twi_discord.commands.localising import SlashNames
from twi_discord.commands.specs import CommandSpec, Option
from twi_discord.replies.markup import Markup, code, safe

Typing: TypeAlias = SlashNames | str
"""How somebody types commands: with a slash, or behind this prefix."""
Named: TypeAlias = tuple[str, CommandSpec]
"""A command, behind its whole name: `link add`."""

VALUE_LIMIT: Final = 100
"""Characters of a value up to which a line repeats it; as many as the title of a link has."""
LINE_LIMIT: Final = 400
"""Characters of a line that repeats what a call was given; a longer one isn't shown."""


def command_line(typing: Typing, name: str, spec: CommandSpec, given: Mapping[str, str]) -> str | None:
    """Return the line that calls a command, with its examples for what is required and not given or empty.

    None where the line would be read as something else.
    """
    values = {
        option.name: given.get(option.name) or _text(option.parameter)
        for option in spec.options
        if option.parameter.required or option.name in given
    }
    if isinstance(typing, str):
        line = written_line(typing, name, spec, values)
    else:
        line = slash_line(typing, name, spec, values)
    return line if line is not None and code(line) == f"`{line}`" else None


def example_line(typing: Typing, name: str, spec: CommandSpec) -> str | None:
    """Return an example of a command: its positional value and what it requires, or one option more.

    None where the examples can't be typed.
    """
    first = [option for option in spec.options if option.name == spec.positional]
    others = [option for option in spec.options if option.name != spec.positional]
    needed = [option for option in others if option.parameter.required or option.name in spec.example]
    shown = [*first, *(needed or others[:1])]
    return command_line(typing, name, spec, {option.name: _text(option.parameter) for option in shown})


def usage_line(typing: Typing, name: str, spec: CommandSpec) -> str:
    """Return what a command takes: `/link add title:<title> [tag:<tag>]`, `!link add <title> [--tag <tag>]`."""
    if isinstance(typing, str):
        return f"{typing}{name} {usage(spec)}".rstrip()
    options = (f"{option}:<{option}>" for option in (typing.option(spec, each.name) for each in spec.options))
    shown = (
        taken if option.parameter.required else f"[{taken}]"
        for taken, option in zip(options, spec.options, strict=True)
    )
    return " ".join((f"/{typing.path(name)}", *shown))


def slash_line(names: SlashNames, name: str, spec: CommandSpec, values: Mapping[str, str]) -> str | None:
    """Return a slash command: `/link add title:world map content:https://…`.

    None where Discord's client would read a value otherwise: as another option, or without the blanks around it.
    """
    known = {each for option in spec.options for each in (option.name, names.option(spec, option.name))}
    other = re.compile(rf"(?:^|\s)(?:{'|'.join(map(re.escape, known))})\s*:", re.IGNORECASE)
    if any(value != value.strip() or other.search(value) for value in values.values()):
        return None
    options = (
        f"{names.option(spec, option.name)}:{names.choice(values[option.name], option.parameter.choices)}"
        for option in spec.options
        if option.name in values
    )
    return " ".join((f"/{names.path(name)}", *options))


def written_line(prefix: str, name: str, spec: CommandSpec, values: Mapping[str, str]) -> str | None:
    """Return a written command: `!link add world map --content https://…`; None where it can't be read as that."""
    shown = [option for option in spec.options if option.name in values]
    words: list[str] = []
    for option in sorted(shown, key=lambda each: each.name != spec.positional):
        value = next(_spellings(option, spec, values[option.name]), None)
        if value is None:
            return None
        words.append(value)
    rest = " ".join(words)
    meant = {option.name: read_value(values[option.name], option.parameter) for option in shown}
    return f"{prefix}{name} {rest}".rstrip() if _read(rest, spec) == meant else None


@final
class TypedCommands:
    """How a caller types commands: the wording of what they are answered.

    Args:
        commands: The commands that the bot has.
        prefix: What stands before written commands.
        used: The command that was used, if one was.
        given: What it was given, by option.
        slash: The names of slash commands, if the caller used a slash, a button or a menu.
    """

    def __init__(
        self,
        commands: Callable[[], Iterable[Named]],
        prefix: str,
        used: Named | None = None,
        slash: SlashNames | None = None,
        given: Mapping[str, object] | None = None,
    ) -> None:
        self._commands = commands
        self._written = prefix
        self._used = used
        self._slash = slash
        self._given = given or {}

    @property
    def typing(self) -> Typing:
        """Return how the caller types commands."""
        return self._slash or self._written

    def escape(self, text: str, /) -> str:
        """See `Wording`."""
        return safe(text)

    def option(self, name: str, /) -> str:
        """See `Wording`."""
        spec = self._used[1] if self._used else None
        shown = spec.renamed.get(name, name) if spec else name
        if self._slash is None:
            return code(option_name(shown))
        return code(self._slash.option(spec, shown) if spec else shown)

    def command(self, operation: str, given: Mapping[str, str], /) -> str | None:
        """See `Wording`."""
        return self._calling(operation, given, self.typing)

    def written(self, operation: str, given: Mapping[str, str], /) -> str | None:
        """See `ChatWording`."""
        return self._calling(operation, given, self._written)

    def usage(self, field: str, /) -> str | None:
        """See `Wording`; the field may be named as it is written: `--clear-tag`."""
        if self._used is None:
            return None
        name, spec = self._used
        wanted = field.removeprefix("--").replace("-", "_")
        given = {option: _written(value) for option, value in self._given.items()}
        line = command_line(self.typing, name, spec, {**given, wanted: ""})
        return None if line is None or len(line) > LINE_LIMIT else code(line)

    def _calling(self, operation: str, given: Mapping[str, str], typing: Typing) -> Markup | None:
        if any(len(value) > VALUE_LIMIT for value in given.values()):
            return None
        for name, spec in self._commands():
            if operation in spec.operations:
                taken = {spec.renamed.get(field, field): value for field, value in given.items()}
                line = command_line(typing, name, spec, taken)
                return None if line is None else code(line)
        return None


def _spellings(option: Option, spec: CommandSpec, value: str) -> Iterator[str]:
    """Yield an option with its value, in each way in which the grammar reads that value: as it is, within quotes."""
    named = "" if option.name == spec.positional else f"{option_name(option.name)} "
    quoted = (f'"{value}"', f"“{value}”")
    meant = {option.name: read_value(value, option.parameter)}
    for spelling in (*quoted, value) if value.startswith(('"', "“")) else (value, *quoted):
        if _read(f"{named}{spelling}", spec) == meant:
            yield f"{named}{spelling}"


def _read(words: str, spec: CommandSpec) -> Mapping[str, str | list[str]] | None:
    """Return what the grammar reads; None where it refuses."""
    kinds = {option.name: option.parameter.kind for option in spec.options}
    lists = [option.name for option in spec.options if option.parameter.several]
    try:
        return parse_words(words, kinds, spec.positional, lists)
    except GrammarError:
        return None


def _text(parameter: Parameter) -> str:
    """Return an option's example."""
    return _written(parameter.example)


def _written(value: object) -> str:
    """Return a value as people write it; an item of a list that holds a comma or an option's name goes in quotes."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, list | tuple):
        return str(value)
    items = map(str, value)
    return ", ".join(f'"{item}"' if "," in item or "--" in item else item for item in items)
