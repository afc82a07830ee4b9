"""The options of slash commands, made from parameters: what Discord asks for, and how that is carried to the model."""

from collections.abc import Mapping
from typing import Any, Final, cast, final

import discord
from discord import AppCommandOptionType, app_commands
from discord.app_commands import Choice
from discord.ext import commands
from discord.ext.commands.flags import FlagsMeta
from typing_extensions import override

from twi_core.kernel.language import text, translated
from twi_core.kernel.parameters import Parameter, ParameterKind, takes
from twi_discord.calls.host import Host
from twi_discord.commands import localising
from twi_discord.commands.grammar import choice_name, parse_items, parse_words
from twi_discord.commands.specs import CommandSpec, Option
from twi_discord.commands.tree_limits import DESCRIPTION
from twi_discord.replies.identify import AnyContext, AnyInteraction

_TYPES: Final[Mapping[ParameterKind, AppCommandOptionType]] = {
    ParameterKind.INTEGER: AppCommandOptionType.integer,
    ParameterKind.NUMBER: AppCommandOptionType.number,
    ParameterKind.BOOLEAN: AppCommandOptionType.boolean,
    ParameterKind.USER: AppCommandOptionType.user,
    ParameterKind.ROLE: AppCommandOptionType.role,
    ParameterKind.CHANNEL: AppCommandOptionType.channel,
}
_FULL_STOPS: Final = ".。।"
"""What ends a sentence, in any language."""
_TEXT_LIMIT: Final = 6000
"""Characters that Discord lets people type into an option."""


class _Taken(app_commands.Transformer):
    """What an option takes, for Discord; values are judged by the command's model, for every entrypoint alike."""

    def __init__(self, parameter: Parameter) -> None:
        self._parameter = parameter

    @property
    @override
    def type(self) -> AppCommandOptionType:
        kind = self._parameter.kind
        return AppCommandOptionType.string if self._parameter.several else _TYPES.get(kind, AppCommandOptionType.string)

    @property
    @override
    def min_value(self) -> int | float | None:
        return None if self._parameter.several else self._parameter.minimum

    @property
    @override
    def max_value(self) -> int | float | None:
        most = None if self._parameter.several else self._parameter.maximum
        return min(most, _TEXT_LIMIT) if most and self.type is AppCommandOptionType.string else most

    @property
    @override
    def choices(self) -> list[Choice[int | float | str]] | None:
        values = () if self._parameter.several else self._parameter.choices
        names = {value: choice_name(value) for value in values}
        return [
            Choice(name=localising.name(name, names.values()), value=value) for value, name in names.items()
        ] or None

    @override
    async def transform(self, interaction: AnyInteraction, value: Any, /) -> object:
        if self._parameter.several:
            return parse_items(str(value), self._parameter.kind)
        if isinstance(value, str | int | float):  # asked first, as discord.py's own type for the rest is slow to ask
            return value
        return value.id if isinstance(value, discord.abc.Snowflake) else value


@final
class _Completed(_Taken):
    """An option with suggestions for its value."""

    def __init__(self, host: Host, option: Option) -> None:
        super().__init__(option.parameter)
        self._host = host
        self._option = option

    @override
    async def autocomplete(
        self, interaction: AnyInteraction, value: str | int | float, /
    ) -> list[Choice[str | int | float]]:
        complete = self._option.complete
        if self._option.depends_on is not None:
            complete = self._option.depends_on(dict(iter(interaction.namespace)))
        return [] if complete is None else await self._host.suggest(interaction, complete, str(value))


def options_class(host: Host, spec: CommandSpec) -> type[commands.FlagConverter]:
    """Build the class that discord.py lays flat into slash options; what is written is read by our own grammar."""
    kinds = {option.name: option.parameter.kind for option in spec.options}
    lists = frozenset(option.name for option in spec.options if option.parameter.several)

    async def convert(cls: type[Any], _: AnyContext, argument: str) -> object:
        made = cls()
        vars(made).update(parse_words(argument, kinds, spec.positional, lists))
        return made

    members: dict[str, Any] = {option.name: _flag(option) for option in spec.options}
    members["__annotations__"] = {option.name: _transformer(host, option) for option in spec.options}
    members["__module__"] = __name__
    members["__init__"] = lambda self: self.__dict__.update(dict.fromkeys(kinds))
    members["convert"] = classmethod(convert)
    made = FlagsMeta("Options", (commands.FlagConverter,), members, prefix="--", delimiter=" ")
    return cast("type[commands.FlagConverter]", made)


def _flag(option: Option) -> Any:
    default = discord.utils.MISSING if option.parameter.required else None
    described: Any = localising.description(lambda: short_description(option.parameter))
    return commands.flag(default=default, description=described)


def short_description(parameter: Parameter) -> str:
    """Return what an option is for, and how it is written where that is not plain and Discord has room for it."""
    is_plain = not parameter.form and not (parameter.choices and parameter.several)
    whole = described(parameter, "" if is_plain else takes(parameter))
    return whole if len(whole) <= DESCRIPTION else translated(parameter.description)


def described(parameter: Parameter, bounds: str) -> str:
    """Return what an option is for, what bounds it, and how a list of it is written."""
    purpose = translated(parameter.description)
    more = "; ".join(filter(None, (bounds, text("several, separated by commas") if parameter.several else "")))
    return text("{purpose} ({more}).", purpose=purpose.rstrip(_FULL_STOPS), more=more) if more else purpose


def _transformer(host: Host, option: Option) -> app_commands.Transformer:
    suggests = option.complete is not None or option.depends_on is not None
    return _Completed(host, option) if suggests else _Taken(option.parameter)
