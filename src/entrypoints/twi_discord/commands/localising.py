"""The names and descriptions of commands in Discord's languages.

A name is looked up in the catalogues with its sort before it: `command:link`, `option:tag`, `choice:grant`; a
description is looked up as it stands. A name that isn't translated, that Discord wouldn't take, or that isn't unique
among its siblings stays English.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, final

import discord
from discord import AppCommandType, app_commands
from discord.app_commands import TranslationContextLocation as Location
from discord.app_commands import TranslationContextTypes, locale_str
from typing_extensions import override

from twi_core.kernel.language import ENGLISH, Languages, language, speaking
from twi_discord.commands.tree_limits import CHOICE, DESCRIPTION, NAME, is_name
from twi_discord.replies.markup import cut

COMMAND: Final = "command:"
OPTION: Final = "option:"
CHOICE_NAME: Final = "choice:"

_SHOWN: Final = "shown"
_AMONG: Final = "among"
_NAMES: Final = {
    Location.command_name: COMMAND,
    Location.group_name: COMMAND,
    Location.parameter_name: OPTION,
    Location.choice_name: CHOICE_NAME,
}


def name(english: str, among: Iterable[str] = ()) -> locale_str:
    """Return a name that can be localised; `among` are the names of its siblings, where Discord doesn't know them."""
    return locale_str(english, **{_AMONG: tuple(among)})


def description(shown: Callable[[], str]) -> locale_str:
    """Return a description that can be localised; `shown` returns it in the current language, at any length."""
    with speaking(ENGLISH):
        return locale_str(cut(shown(), DESCRIPTION), **{_SHOWN: shown})


def local_name(sort: str, english: str) -> str:
    """Return a name in the current language; the English one where it isn't translated."""
    key = f"{sort}{english}"
    found = language().text(key)
    return english if found == key else found


@final
class Localiser(app_commands.Translator):
    """The translator of our commands; it leaves the names and descriptions of others alone."""

    def __init__(self, tree: app_commands.CommandTree[Any], languages: Languages) -> None:
        self._tree = tree
        self._languages = languages

    @override
    async def translate(
        self, string: locale_str, locale: discord.Locale, context: TranslationContextTypes
    ) -> str | None:
        """Return a name or a description in a language of Discord's; None where the English one stays."""
        found = self._languages.find(locale.value)
        if found is ENGLISH:
            return None
        with speaking(found):
            if _SHOWN in string.extras:
                text = cut(string.extras[_SHOWN](), DESCRIPTION)
                return None if text == string.message else text or None
            return self._named(string, context) if _AMONG in string.extras else None

    def _named(self, string: locale_str, context: TranslationContextTypes) -> str | None:
        sort = _NAMES[context.location]
        found = local_name(sort, string.message)
        siblings = {*string.extras[_AMONG], *self._siblings(context)} - {string.message}
        taken = siblings | {local_name(sort, sibling) for sibling in siblings}
        return found if found not in {*taken, string.message} and _fits(found, context) else None

    def _siblings(self, context: TranslationContextTypes) -> Iterator[str]:
        """Yield the names beside a command; those of a group are in its parent, those of a menu in the same menu."""
        data = context.data
        if isinstance(data, app_commands.ContextMenu):
            yield from (menu.name for menu in self._tree.get_commands(type=data.type))
        elif isinstance(data, app_commands.Command | app_commands.Group):
            beside = data.parent.commands if data.parent else self._tree.get_commands(type=AppCommandType.chat_input)
            yield from (command.name for command in beside)


def _fits(found: str, context: TranslationContextTypes) -> bool:
    if context.location is Location.choice_name:
        return 0 < len(found) <= CHOICE
    return 0 < len(found) <= NAME if isinstance(context.data, app_commands.ContextMenu) else is_name(found)
