"""Commands as people type them in Discord: with a slash or behind the prefix, each line such that it can be sent."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias, final

from twi_core.kernel.parameters import Parameter
from twi_discord.commands.grammar import option_name, usage
from twi_discord.commands.localising import SlashNames
from twi_discord.commands.specs import CommandSpec, Option
from twi_discord.replies.markup import Markup, code, safe

Typing: TypeAlias = SlashNames | str
"""How somebody types commands: with a slash, or behind this prefix."""
Named: TypeAlias = tuple[str, CommandSpec]
"""A command, behind its whole name: `link add`."""

VALUE_LIMIT: Final = 80
"""Characters of a value that a line repeats; the example of the option stands in for a longer one."""


def command_line(typing: Typing, name: str, spec: CommandSpec, given: Mapping[str, str]) -> str:
    """Return the line that calls a command, behind a prefix or with a slash, with its examples for what isn't given."""
    if isinstance(typing, str):
        return written_line(typing, name, spec, given)
    return slash_line(typing, name, spec, given)


def example_line(typing: Typing, name: str, spec: CommandSpec) -> str:
    """Return an example of a command: its positional value and what it requires, or one option more."""
    first = [option for option in spec.options if option.name == spec.positional]
    others = [option for option in spec.options if option.name != spec.positional]
    shown = [*first, *([option for option in others if option.parameter.required] or others[:1])]
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


def slash_line(names: SlashNames, name: str, spec: CommandSpec, given: Mapping[str, str]) -> str:
    """Return a slash command: `/link add title:world map content:https://…`."""
    options = (
        f"{names.option(spec, option.name)}:{names.choice(_chosen(option, given), option.parameter.choices)}"
        for option in _shown(spec, given)
    )
    return " ".join((f"/{names.path(name)}", *options))


def written_line(prefix: str, name: str, spec: CommandSpec, given: Mapping[str, str]) -> str:
    """Return a written command: `!link add world map --content https://…`."""
    words = [f"{prefix}{name}"]
    shown = _shown(spec, given)
    words += [_word(option, given) for option in shown if option.name == spec.positional]
    for option in shown:
        if option.name != spec.positional:
            words += [option_name(option.name), _word(option, given)]
    return " ".join(words)


@final
class TypedCommands:
    """How a caller types commands: the wording of what they are answered.

    Args:
        commands: The commands that the bot has.
        prefix: What stands before written commands.
        used: The command that was used, if one was.
        slash: The names of slash commands, if the caller used a slash, a button or a menu.
    """

    def __init__(
        self,
        commands: Callable[[], Iterable[Named]],
        prefix: str,
        used: Named | None = None,
        slash: SlashNames | None = None,
    ) -> None:
        self._commands = commands
        self._written = prefix
        self._used = used
        self._slash = slash

    @property
    def prefix(self) -> str | None:
        """See `Typing` of the markup."""
        return None if self._slash else self._written

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
        return self._calling(operation, given, self._slash or self._written)

    def written(self, operation: str, given: Mapping[str, str], /) -> str | None:
        """See `Typing`."""
        return self._calling(operation, given, self._written)

    def usage(self, field: str, /) -> str | None:
        """See `Wording`; the field may be named as it is written: `--clear-tag`."""
        if self._used is None:
            return None
        name, spec = self._used
        wanted = field.removeprefix("--").replace("-", "_")
        asked = {option.name: _text(option.parameter) for option in spec.options if option.name == wanted}
        return code(command_line(self._slash or self._written, name, spec, asked))

    def _calling(self, operation: str, given: Mapping[str, str], typing: Typing) -> Markup | None:
        for name, spec in self._commands():
            if operation in spec.operations:
                taken = {spec.renamed.get(field, field): value for field, value in given.items()}
                return code(command_line(typing, name, spec, taken))
        return None


def _shown(spec: CommandSpec, given: Mapping[str, str]) -> list[Option]:
    return [option for option in spec.options if option.parameter.required or option.name in given]


def _chosen(option: Option, given: Mapping[str, str]) -> str:
    value = " ".join(given.get(option.name, "").split())
    return value if 0 < len(value) <= VALUE_LIMIT else _text(option.parameter)


def _word(option: Option, given: Mapping[str, str]) -> str:
    """Return a value so that the grammar reads it as one, see `grammar`."""
    value = _chosen(option, given)
    if option.parameter.several:
        return value
    if value.startswith('"') and not {"“", "”"} & set(value):
        return f"“{value}”"
    return f'"{value}"' if "--" in value and '"' not in value else value


def _text(parameter: Parameter) -> str:
    """Return an option's example; an item of a list that holds a comma or an option's name goes within quotes."""
    example = parameter.example
    if isinstance(example, bool):
        return "yes" if example else "no"
    if not isinstance(example, list | tuple):
        return str(example)
    items = map(str, example)
    return ", ".join(f'"{item}"' if "," in item or "--" in item else item for item in items)
