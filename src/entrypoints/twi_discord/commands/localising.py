"""The names and descriptions of commands in Discord's languages.

A name is looked up in the catalogues with its sort before it: `command:link`, `option:tag`, `choice:grant`; a
description is looked up as it stands. A name that isn't translated, that Discord wouldn't take, or that isn't unique
among its siblings stays English.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Final, TypeAlias, final

import discord
from discord import AppCommandType, app_commands
from discord.app_commands import Group, TranslationContextTypes, locale_str
from discord.app_commands import TranslationContextLocation as Location
from typing_extensions import override

from twi_core.kernel.language import ENGLISH, Language, Languages, language, speaking
from twi_discord.commands.specs import CommandSpec
from twi_discord.commands.tree_limits import DESCRIPTION, is_choice, is_menu_name, is_name
from twi_discord.replies.markup import cut

Tree: TypeAlias = app_commands.CommandTree[Any]

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


def local_name(sort: str, english: str, spoken: Language | None = None) -> str:
    """Return a name in a language, by default the current one; the English name where it isn't translated."""
    key = f"{sort}{english}"
    found = (spoken or language()).text(key)
    return english if found == key else found


def shown_name(
    spoken: Language, sort: str, english: str, among: Iterable[str], fits: Callable[[str], bool] = is_name
) -> str:
    """Return a name as Discord shows it in a language: translated if Discord takes that, else English."""
    found = local_name(sort, english, spoken)
    siblings = set(among) - {english}
    taken = siblings | {local_name(sort, sibling, spoken) for sibling in siblings}
    return found if found not in taken and fits(found) else english


@final
class SlashNames:
    """The names of slash commands, options, choices and menus as Discord shows them to a reader.

    That depends on the language of the reader's Discord alone, while sentences may be in the language of the server.
    The names are English without a tree, and if its translator isn't ours.
    """

    def __init__(self, tree: Tree | None = None, spoken: Language = ENGLISH) -> None:
        self._tree = tree
        self._spoken = spoken

    def path(self, english: str) -> str:
        """Return the whole name of a command, such as `link add`."""
        shown: list[str] = []
        beside = self._tree.get_commands(type=AppCommandType.chat_input) if self._tree else []
        for word in english.split():
            shown.append(self._shown(COMMAND, word, (each.name for each in beside)))
            beside = next((each.commands for each in beside if each.name == word and isinstance(each, Group)), [])
        return " ".join(shown)

    def option(self, spec: CommandSpec, english: str) -> str:
        """Return the name of an option."""
        return self._shown(OPTION, english, (option.name for option in spec.options))

    def choice(self, english: str, among: Collection[str]) -> str:
        """Return a choice; a value that isn't among the choices stays as it is."""
        return self._shown(CHOICE_NAME, english, among, is_choice) if english in among else english

    def menu(self, menu: app_commands.ContextMenu) -> str:
        """Return the name of a command in a menu."""
        beside = self._tree.get_commands(type=menu.type) if self._tree else []
        return self._shown(COMMAND, menu.name, (each.name for each in beside), is_menu_name)

    def _shown(self, sort: str, english: str, among: Iterable[str], fits: Callable[[str], bool] = is_name) -> str:
        is_ours = self._tree is not None and isinstance(self._tree.translator, Localiser)
        return shown_name(self._spoken, sort, english, among, fits) if is_ours else english


@final
class Localiser(app_commands.Translator):
    """The translator of our commands; it leaves the names and descriptions of others alone."""

    def __init__(self, tree: Tree, languages: Languages) -> None:
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
        if _SHOWN in string.extras:
            with speaking(found):
                text = cut(string.extras[_SHOWN](), DESCRIPTION)
            return None if text == string.message else text or None
        return self._named(found, string, context) if _AMONG in string.extras else None

    def _named(self, spoken: Language, string: locale_str, context: TranslationContextTypes) -> str | None:
        sort = _NAMES[context.location]
        among = (*string.extras[_AMONG], *self._siblings(context))
        found = shown_name(spoken, sort, string.message, among, _rule(context))
        return None if found == string.message else found

    def _siblings(self, context: TranslationContextTypes) -> Iterator[str]:
        """Yield the names beside a command; those of a group are in its parent, those of a menu in the same menu."""
        data = context.data
        if isinstance(data, app_commands.ContextMenu):
            yield from (menu.name for menu in self._tree.get_commands(type=data.type))
        elif isinstance(data, app_commands.Command | app_commands.Group):
            beside = data.parent.commands if data.parent else self._tree.get_commands(type=AppCommandType.chat_input)
            yield from (command.name for command in beside)


def _rule(context: TranslationContextTypes) -> Callable[[str], bool]:
    if context.location is Location.choice_name:
        return is_choice
    return is_menu_name if isinstance(context.data, app_commands.ContextMenu) else is_name
