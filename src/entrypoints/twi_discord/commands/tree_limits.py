"""What Discord takes of a bot's commands, checked before they are sent.

The numbers are those of Discord's documentation of application commands (discord.com/developers/docs, Interactions,
Application Commands: registering a command, structure, naming); the greatest size of a command was raised there from
4,000 to 8,000 characters in February 2024 (pull request 6668 of discord/discord-api-docs).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from discord import AppCommandOptionType, AppCommandType, app_commands

COMMANDS: Final = 100
"""Slash commands of one bot, or of one bot in one server."""
MENUS: Final = 5
"""Commands in menus, of members and of messages each."""
OPTIONS: Final = 25
"""Options of a command, commands and groups of a group, commands of a group within."""
CHOICES: Final = 25
"""Choices of an option."""
CHARACTERS: Final = 8_000
"""Characters of all names, descriptions and values of a command together."""
NAME: Final = 32
DESCRIPTION: Final = 100
CHOICE: Final = 100
"""Characters of a choice's name, and of its value."""
WHOLE: Final = 2**53
"""Numbers must lie within this, on both sides of zero."""
TEXT: Final = 6_000
"""Characters that an option can ask for."""

_NAMED: Final = re.compile(r"[-_'\w]+")
_WITHIN: Final = frozenset((AppCommandOptionType.subcommand.value, AppCommandOptionType.subcommand_group.value))
Json = Mapping[str, Any]
"""A part of what is sent to Discord, which is a tree of any shape."""


def beyond_limits(tree: app_commands.CommandTree[Any], *, characters: int = CHARACTERS) -> list[str]:
    """Return a sentence for each thing that Discord would not take of the global commands of a tree.

    A bot that hosts our extensions beside its own can be tested with it as well: `assert beyond_limits(bot.tree) == []`
    after all of them are loaded.

    Args:
        tree: The tree, of any bot.
        characters: How large a command may be; less than Discord allows leaves room to grow.
    """
    return faults([command.to_dict(tree) for command in tree.get_commands()], characters=characters)


def faults(sent: Sequence[Json], *, characters: int = CHARACTERS) -> list[str]:
    """Return the same for commands as they are sent, with their localisations."""
    return [*_counts(sent), *(fault for command in sent for fault in _command(command, characters))]


def is_name(text: str) -> bool:
    """Return whether Discord takes a text as the name of a slash command or an option, in any language."""
    return _NAMED.fullmatch(text) is not None and text == text.lower() and len(text) <= NAME


def is_menu_name(text: str) -> bool:
    """Return whether Discord takes a text as the name of a command in a menu."""
    return 0 < len(text) <= NAME


def is_choice(text: str) -> bool:
    """Return whether Discord takes a text as the name of a choice."""
    return 0 < len(text) <= CHOICE


def size(command: Json) -> int:
    """Count the characters of a command, its options and choices; of texts in several languages the longest counts."""
    texts = sum(_longest(command, key) for key in ("name", "description"))
    value = command.get("value")
    within = sum(size(part) for key in ("options", "choices") for part in command.get(key) or ())
    return texts + (len(value) if isinstance(value, str) else 0) + within


def _longest(part: Json, key: str) -> int:
    return max(map(len, (part.get(key, ""), *_localised(part, key))))


def _localised(part: Json, key: str) -> Iterator[str]:
    yield from (part.get(f"{key}_localizations") or {}).values()


def _counts(sent: Sequence[Json]) -> Iterator[str]:
    counted = Counter(AppCommandType(command["type"]) for command in sent)
    for kind in AppCommandType:
        most = COMMANDS if kind is AppCommandType.chat_input else MENUS
        if counted[kind] > most:
            yield f"{counted[kind]} commands of the kind {kind.name}, and Discord takes {most}"


def _command(command: Json, characters: int) -> Iterator[str]:
    name = command["name"]
    if AppCommandType(command["type"]) is AppCommandType.chat_input:
        yield from _part(command, name)
    elif not is_menu_name(name):
        yield f"{name!r} has {len(name)} characters, and Discord takes {NAME}"
    if (found := size(command)) > characters:
        yield f"{name!r} has {found} characters in all its names, descriptions and values, and may have {characters}"


def _part(part: Json, path: str) -> Iterator[str]:
    """Check a command, a group or an option."""
    name, description, options = part["name"], part["description"], part.get("options") or ()
    if not all(map(is_name, (name, *_localised(part, "name")))):
        yield f"{path!r} is no name of up to {NAME} small letters, digits, - and _"
    for text in (description, *_localised(part, "description")):
        if not 1 <= len(text) <= DESCRIPTION:
            yield f"{path!r} is described in {len(text)} characters, and Discord takes 1 to {DESCRIPTION}"
    if len(options) > OPTIONS:
        yield f"{path!r} has {len(options)} options or commands, and Discord takes {OPTIONS}"
    if len({option["name"] for option in options}) < len(options):
        yield f"{path!r} has two options of one name"
    asked = [option.get("required", False) for option in options if option["type"] not in _WITHIN]
    if asked != sorted(asked, reverse=True):
        yield f"{path!r} has a required option behind an optional one"
    yield from _bounds(part, path)
    for option in options:
        yield from _part(option, f"{path} {option['name']}")


def _bounds(option: Json, path: str) -> Iterator[str]:
    choices = option.get("choices") or ()
    if len(choices) > CHOICES:
        yield f"{path!r} has {len(choices)} choices, and Discord takes {CHOICES}"
    for choice in choices:
        if not is_choice(choice["name"]) or len(str(choice["value"])) > CHOICE:
            yield f"{path!r} has a choice of more than {CHOICE} characters"
    for key in ("min_value", "max_value"):
        if abs(option.get(key) or 0) >= WHOLE:
            yield f"{path!r} is bounded by a number that Discord does not know"
    if not 0 <= (option.get("min_length") or 0) <= TEXT or not 1 <= (option.get("max_length") or TEXT) <= TEXT:
        yield f"{path!r} asks for another length of text than 0 to {TEXT}"
