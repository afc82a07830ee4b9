"""Forms that ask for values: opened by a command's answer, answered once when they are sent."""

from collections.abc import Iterator
from typing import Final, final

import discord
from discord import TextStyle
from typing_extensions import override

from twi_core.kernel.context import CallContext
from twi_core.kernel.ids import UserId
from twi_core.kernel.language import translated
from twi_core.kernel.parameters import Parameter, ParameterKind
from twi_discord.commands.grammar import read_value
from twi_discord.commands.localising import OPTION, local_name
from twi_discord.components.views import Keeper, custom_id, is_invoker
from twi_discord.replies.identify import AnyInteraction
from twi_discord.replies.markup import cut
from twi_discord.replies.message import Dialog

TIMEOUT: Final = 900.0
"""Seconds in which a form can be filled in; it is refused as expired if it is sent later."""
VALUE_LIMIT: Final = 4000
"""Characters that Discord lets people type into a field."""

_LABEL_LIMIT: Final = 45
_DESCRIPTION_LIMIT: Final = 100


@final
class HostedModal(discord.ui.Modal):
    """A form that one call has opened, for the person who made that call."""

    def __init__(self, host: Keeper, call: CallContext, described: Dialog) -> None:
        key = call.correlation_id
        super().__init__(title=described.title, timeout=TIMEOUT, custom_id=custom_id(key, "form"))
        self._host = host
        self._described = described
        self._invoker: UserId | None = call.actor
        self._inputs = {field.name: _input(field) for field in described.fields}
        for field in described.fields:
            self.add_item(
                discord.ui.Label(
                    text=cut(local_name(OPTION, field.name).replace("_", " ").capitalize(), _LABEL_LIMIT),
                    description=cut(translated(field.description), _DESCRIPTION_LIMIT),
                    component=self._inputs[field.name],
                )
            )
        host.keep(key, self)

    @override
    async def interaction_check(self, interaction: AnyInteraction, /) -> bool:
        """Accept it only from the person who opened it."""
        return await is_invoker(self._host, self._invoker, interaction)

    @override
    async def on_submit(self, interaction: AnyInteraction, /) -> None:
        """Answer it."""
        await self._host.run(interaction, self._described.answer, dict(self._typed()), public=self._described.public)

    @override
    async def on_error(  # type: ignore[override]  # discord.py's own modal has no item either
        self, interaction: AnyInteraction, error: Exception, /
    ) -> None:
        """Answer the sender."""
        await self._host.report(interaction, error)

    def _typed(self) -> Iterator[tuple[str, object]]:
        for field in self._described.fields:
            if typed := self._inputs[field.name].value:
                yield field.name, read_value(typed, field)


def _input(field: Parameter) -> "discord.ui.TextInput[HostedModal]":
    return discord.ui.TextInput(
        custom_id=field.name,
        style=TextStyle.paragraph if field.multiline else TextStyle.short,
        required=field.required,
        max_length=_longest(field),
    )


def _longest(field: Parameter) -> int:
    """Return how much may be typed: the bounds of a number, or of the items of a list, are no bounds of its text."""
    is_text = field.kind is ParameterKind.TEXT and not field.several
    return min(int(field.maximum), VALUE_LIMIT) if is_text and field.maximum else VALUE_LIMIT
