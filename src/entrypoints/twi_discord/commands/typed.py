"""Commands as people type them in Discord: with a slash or behind the prefix, each line such that it can be sent."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias, final

from twi_core.kernel.parameters import Parameter
from twi_discord.commands.grammar import option_name
from twi_discord.commands.specs import CommandSpec, Option
from twi_discord.replies.markup import Markup, code, escape

Named: TypeAlias = tuple[str, CommandSpec]
"""A command, behind its whole name: `link add`."""

VALUE_LIMIT: Final = 80
"""Characters of a value that a line repeats; a longer one gives way to the example."""


def slash_line(name: str, spec: CommandSpec, given: Mapping[str, str]) -> str:
    """Return a slash command: `/link add title:world map content:https://…`."""
    options = (f"{option.name}:{_chosen(option, given)}" for option in _shown(spec, given))
    return " ".join((f"/{name}", *options))


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
    """How somebody types commands who has just used one: its wording for refusals and answers.

    Args:
        commands: The commands that the bot has.
        prefix: What stands before written commands; None where the caller used a slash, a button or a menu.
        used: The command that was used, if one was.
    """

    def __init__(self, commands: Callable[[], Iterable[Named]], prefix: str | None, used: Named | None) -> None:
        self._commands = commands
        self._prefix = prefix
        self._used = used

    def escape(self, text: str, /) -> str:
        """See `Wording`."""
        return escape(text)

    def option(self, name: str, /) -> str:
        """See `Wording`."""
        spec = self._used[1] if self._used else None
        shown = spec.renamed.get(name, name) if spec else name
        return code(shown if self._prefix is None else option_name(shown))

    def command(self, operation: str, given: Mapping[str, str], /) -> str | None:
        """See `Wording`."""
        for name, spec in self._commands():
            if operation in (policy.name for policy in spec.policies):
                return self._line(name, spec, {spec.renamed.get(field, field): given[field] for field in given})
        return None

    def usage(self, field: str, /) -> str | None:
        """See `Wording`."""
        if self._used is None:
            return None
        name, spec = self._used
        asked = {option.name: _text(option.parameter) for option in spec.options if option.name == field}
        return self._line(name, spec, asked)

    def _line(self, name: str, spec: CommandSpec, given: Mapping[str, str]) -> Markup:
        if self._prefix is None:
            return code(slash_line(name, spec, given))
        return code(written_line(self._prefix, name, spec, given))


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
