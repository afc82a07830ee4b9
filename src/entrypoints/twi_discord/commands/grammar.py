"""The grammar of written commands: the words up to the first `--name` are one value, then `--name value` follows.

A value within double quotes may hold words like `--name`; one that begins with a double quote itself is written within
curly ones, since its quote would be taken for theirs.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Final, final

from discord.ext import commands

from twi_core.kernel.commands import UNKNOWN_FIELD
from twi_core.kernel.errors import AppError
from twi_core.kernel.parameters import ParameterKind
from twi_discord.errors import OPTION_TWICE

_NAME: Final = re.compile(r"(?:^|(?<=\s))--([A-Za-z][A-Za-z0-9_-]*)(?=\s|$)")
_QUOTED: Final = re.compile(rf'\s*(?:"[^"]*"|“[^“”]*”)(?=\s*\Z|\s+{_NAME.pattern})')
"""A value in quotes, behind which nothing or the next option follows."""
_MENTIONED: Final = {
    ParameterKind.USER: re.compile(r"<@!?([0-9]{1,20})>"),
    ParameterKind.ROLE: re.compile(r"<@&([0-9]{1,20})>"),
    ParameterKind.CHANNEL: re.compile(r"<#([0-9]{1,20})>"),
}
_QUOTES: Final = (('"', '"'), ("“", "”"))


@final
class GrammarError(commands.UserInputError):
    """Refuse words that cannot be read as a command."""

    def __init__(self, error: AppError) -> None:
        super().__init__(error.code)
        self.error = error


def option_name(name: str) -> str:
    """Give an option as it is written: `clear_tag` is `--clear-tag`."""
    return f"--{name.replace('_', '-')}"


def parse_words(words: str, options: Mapping[str, ParameterKind], positional: str | None) -> dict[str, str]:
    """Read what follows a written command's name.

    Every value is text; what it may hold is judged by the command's model. A yes-or-no option without a value says
    yes. One pair of quotes around a value is taken off, and no option is looked for within. A mention of what an option
    takes stands for its id.

    Args:
        words: The rest of the message.
        options: The options and what they take.
        positional: The option that the words before the first `--name` are for, if any.

    Raises:
        GrammarError: an option does not exist, or is given twice.
    """
    found: dict[str, str] = {}
    names = list(_names(words))
    first = _value(words[: names[0].start()] if names else words)
    if first:
        if positional is None:
            raise GrammarError(AppError(UNKNOWN_FIELD, {"field": f"“{first[:50]}”"}))
        found[positional] = _typed(first, options[positional])
    for match, after in zip_longest(names, names[1:]):
        name = match[1].lower().replace("-", "_")
        if name not in options:
            raise GrammarError(AppError(UNKNOWN_FIELD, {"field": match[0][:64]}))
        if name in found:
            raise GrammarError(AppError(OPTION_TWICE, {"field": option_name(name)}))
        found[name] = _typed(_value(words[match.end() : after.start() if after else None]), options[name])
    return found


def _names(words: str) -> Iterator[re.Match[str]]:
    """Find the options' names, but for those within quoted values."""
    quoted = _QUOTED.match(words)
    at = quoted.end() if quoted else 0
    while (name := _NAME.search(words, at)) is not None:
        yield name
        quoted = _QUOTED.match(words, name.end())
        at = quoted.end() if quoted else name.end()


def _value(words: str) -> str:
    """Take blanks, and one pair of quotes that encloses all of it, off a value."""
    value = words.strip()
    for opening, closing in _QUOTES:
        inner = value[1:-1]
        if len(value) > 1 and value[0] == opening and value[-1] == closing and not {opening, closing} & set(inner):
            return inner
    return value


def _typed(value: str, kind: ParameterKind) -> str:
    if kind is ParameterKind.BOOLEAN and not value:
        return "true"
    pattern = _MENTIONED.get(kind)
    mentioned = pattern.fullmatch(value) if pattern else None
    return mentioned[1] if mentioned else value
