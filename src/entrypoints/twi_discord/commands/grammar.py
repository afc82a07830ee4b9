"""The grammar of written commands: the words up to the first `--name` are one value, then `--name value` follows.

A value within double quotes may hold words like `--name`; one that begins with a double quote itself is written within
curly ones, since its quote would be taken for theirs. Where a list is taken, commas part its items, and an item that
holds a comma or a word like `--name` goes within quotes; ids and mentions may be parted by blanks alone.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import zip_longest
from typing import Final, final

from discord.ext import commands

from twi_core.kernel.commands import UNKNOWN_FIELD
from twi_core.kernel.errors import AppError
from twi_core.kernel.parameters import Parameter, ParameterKind
from twi_discord.commands.specs import CommandSpec
from twi_discord.errors import OPTION_TWICE

_NAME: Final = re.compile(r"(?:^|(?<=\s))--([A-Za-z][A-Za-z0-9_-]*)(?=\s|$)")
_QUOTED: Final = re.compile(rf'\s*(?:"[^"]*"|“[^“”]*”)(?=\s*\Z|\s+{_NAME.pattern})')
"""A value in quotes, behind which nothing or the next option follows."""
_ITEM: Final = re.compile(rf'\s*(?:"([^"]*)"|“([^“”]*)”)(?=\s*(?:,|\Z)|\s+{_NAME.pattern})')
"""An item of a list in quotes, behind which nothing, a comma or the next option follows."""
_IDS: Final = frozenset(
    (ParameterKind.USER, ParameterKind.ROLE, ParameterKind.CHANNEL, ParameterKind.GUILD, ParameterKind.MESSAGE)
)
_MENTIONED: Final = {
    ParameterKind.USER: re.compile(r"<@!?([0-9]{1,20})>"),
    ParameterKind.ROLE: re.compile(r"<@&([0-9]{1,20})>"),
    ParameterKind.CHANNEL: re.compile(r"<#([0-9]{1,20})>"),
}
_CHOICES: Final = {"server": "guild"}
"""Values by the word that people use for them, where Discord's API has another."""
_QUOTES: Final = (('"', '"'), ("“", "”"))


@final
class GrammarError(commands.UserInputError):
    """Words that can't be read as a command; `read` is what could be, by option."""

    def __init__(self, error: AppError, read: Mapping[str, str | list[str]] | None = None) -> None:
        super().__init__(error.code)
        self.error = error
        self.read = read or {}


def option_name(name: str) -> str:
    """Return an option as it is written: `clear_tag` is `--clear-tag`."""
    return f"--{name.replace('_', '-')}"


def choice_name(value: str) -> str:
    """Return the word that people use for a choice: `guild` is "server"."""
    return next((word for word, meant in _CHOICES.items() if meant == value), value)


def parse_words(
    words: str, options: Mapping[str, ParameterKind], positional: str | None, lists: Collection[str] = ()
) -> dict[str, str | list[str]]:
    """Read what follows a written command's name.

    Every value is text; what it may hold is judged by the command's model. A yes-or-no option without a value means
    yes. One pair of quotes around a value is taken off, and no option is looked for within. A mention of what an option
    takes stands for its id.

    Args:
        words: The rest of the message.
        options: The options and what they take.
        positional: The option that the words before the first `--name` are for, if any.
        lists: The options that take a list.

    Raises:
        GrammarError: an option does not exist, or is given twice.
    """
    found: dict[str, str | list[str]] = {}
    wrong: list[AppError] = []
    names = list(_names(words, positional, lists))
    first = words[: names[0].start()] if names else words
    if _value(first):
        if positional is None:
            wrong.append(AppError(UNKNOWN_FIELD, {"field": f"“{_value(first)[:50]}”"}))
        else:
            found[positional] = _read(first, options[positional], several=positional in lists)
    for match, after in zip_longest(names, names[1:]):
        name = match[1].lower().replace("-", "_")
        if name not in options:
            wrong.append(AppError(UNKNOWN_FIELD, {"field": match[0][:64]}))
            continue
        if name in found:
            wrong.append(AppError(OPTION_TWICE, {"option": option_name(name)}))
            continue
        value = words[match.end() : after.start() if after else None]
        found[name] = _read(value, options[name], several=name in lists)
    if wrong:
        raise GrammarError(wrong[0], found)
    return found


def parse_items(text: str, kind: ParameterKind) -> list[str]:
    """Read the items of a list, each as text; blank ones between commas are none, one of empty quotes is empty."""
    if kind in _IDS:
        return [_typed(item, kind) for item in text.replace(",", " ").split()]
    found: list[str] = []
    at = 0
    while at < len(text):
        quoted = _ITEM.match(text, at)
        comma = text.find(",", quoted.end() if quoted else at)
        end = len(text) if comma < 0 else comma
        item = text[at:end].strip()
        if item:
            found.append(_value(item) if quoted else item)
        at = end + 1
    return found


def read_value(text: str, parameter: Parameter) -> str | list[str]:
    """Read what was typed where only one value belongs, such as into a field of a form."""
    return parse_items(text, parameter.kind) if parameter.several else _typed(text, parameter.kind)


def _read(words: str, kind: ParameterKind, *, several: bool) -> str | list[str]:
    return parse_items(words, kind) if several else _typed(_value(words), kind)


def _names(words: str, positional: str | None, lists: Collection[str]) -> Iterator[re.Match[str]]:
    """Find the options' names, but for those within quoted values."""
    at = _searched_from(words, 0, several=positional in lists)
    while (name := _NAME.search(words, at)) is not None:
        yield name
        at = _searched_from(words, name.end(), several=name[1].lower().replace("-", "_") in lists)


def _searched_from(words: str, at: int, *, several: bool) -> int:
    """Return from where on the next option's name may stand, for a value that begins at a place."""
    if not several:
        quoted = _QUOTED.match(words, at)
        return quoted.end() if quoted else at
    name = _NAME.search(words, at)
    while True:
        quoted = _ITEM.match(words, at)
        at = quoted.end() if quoted else at
        if name is not None and name.start() < at:
            name = _NAME.search(words, at)
        comma = words.find(",", at)
        if comma < 0 or (name is not None and name.start() < comma):
            return at
        at = comma + 1


def _value(words: str) -> str:
    """Return a value without blanks around it, and without one pair of quotes that encloses all of it."""
    value = words.strip()
    for opening, closing in _QUOTES:
        inner = value[1:-1]
        if len(value) > 1 and value[0] == opening and value[-1] == closing and not {opening, closing} & set(inner):
            return inner
    return value


def _typed(value: str, kind: ParameterKind) -> str:
    if kind is ParameterKind.BOOLEAN and not value:
        return "true"
    if kind is ParameterKind.CHOICE:
        return _CHOICES.get(value, value)
    pattern = _MENTIONED.get(kind)
    mentioned = pattern.fullmatch(value) if pattern else None
    return mentioned[1] if mentioned else value


def usage(spec: CommandSpec) -> str:
    """Return what a written command takes: `<title> --content <content> [--tag <tag>]`."""
    parts = [_usage(option.parameter, option.name == spec.positional) for option in spec.options]
    positional = [option.name == spec.positional for option in spec.options]
    return " ".join(
        [p for p, is_first in zip(parts, positional, strict=True) if is_first]
        + [p for p, is_first in zip(parts, positional, strict=True) if not is_first]
    )


def _usage(parameter: Parameter, positional: bool) -> str:
    value = f"<{parameter.name}>"
    if parameter.kind is ParameterKind.BOOLEAN:
        value = "<yes|no>"
    if parameter.several:
        value = f"<{parameter.name}, …>"
    written = value if positional else f"{option_name(parameter.name)} {value}"
    return written if parameter.required else f"[{written}]"
