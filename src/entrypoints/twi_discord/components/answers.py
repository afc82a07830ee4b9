"""Components under an answer: the buttons and selects that it describes, and the buttons that turn its pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import discord
from typing_extensions import override

from twi_core.kernel.context import CallContext
from twi_core.kernel.language import text
from twi_discord.commands.specs import CURSOR
from twi_discord.components.views import HostedView, Keeper, custom_id
from twi_discord.replies.identify import AnyInteraction
from twi_discord.replies.markup import cut, visible
from twi_discord.replies.message import ROWS, Answer, Button, Choice, LinkButton, Message, Row, Select, Style
from twi_discord.replies.reply import EditableView

PREVIOUS: Final = "previous"
NEXT: Final = "next"
TIMEOUT: Final = 180.0
"""Seconds without a click after which components go dead; less than the 15 minutes that Discord lets us edit."""

_STYLES: Final[Mapping[Style, discord.ButtonStyle]] = {
    Style.PRIMARY: discord.ButtonStyle.primary,
    Style.SECONDARY: discord.ButtonStyle.secondary,
    Style.SUCCESS: discord.ButtonStyle.success,
    Style.DANGER: discord.ButtonStyle.danger,
}
_BUTTON_LIMIT: Final = 80
_CHOICE_LIMIT: Final = 100
_PLACEHOLDER_LIMIT: Final = 150

Cursors: TypeAlias = tuple[str | None, ...]
"""The cursors of the pages seen so far, the shown one's last; the first page has none."""


@final
@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown: the answer that was called, with what but the cursor, and the pages seen."""

    answer: Answer
    raw: Mapping[str, object]
    cursors: Cursors = (None,)

    @property
    def given(self) -> Mapping[str, object]:
        """Return what the answer is called with."""
        return self.raw if self.cursors[-1] is None else {**self.raw, CURSOR: self.cursors[-1]}


def components_of(
    host: Keeper, call: CallContext, shown: Shown, message: Message, *, public: bool
) -> EditableView | None:
    """Build the components of a message; none where it has none.

    Args:
        host: Runs what a click calls.
        call: The call that was answered; only its actor may use them.
        shown: What was called.
        message: What it answered.
        public: Whether others than the caller read the message.
    """
    if message.next is None and not message.components:
        return None
    view = AnswerView(host, call, public=public)
    view.follow(shown, message)
    return view


@final
class AnswerView(HostedView):
    """The components under one answer, for the person who was answered.

    What a click calls takes the place of the message, with new components or none; a page needs no cursor but those
    seen. While a click is answered, further ones call nothing.
    """

    def __init__(self, host: Keeper, call: CallContext, *, public: bool) -> None:
        super().__init__(host, call.correlation_id, invoker=call.actor, timeout=TIMEOUT)
        self._asked = call
        self._public = public
        self._messages = 0
        self._next: str | None = None
        self._calling = False

    def follow(self, shown: Shown, message: Message) -> None:
        """Take the components of the message that is shown from now on; a click on one of another is refused as old."""
        paged = message.next is not None or len(shown.cursors) > 1
        if len(message.components) + paged > ROWS:
            raise ValueError("a page has so many rows of components that the buttons of pages find no room")
        self._shown, self._next = shown, message.next
        self._messages += 1
        self.clear_items()
        for row, described in enumerate(message.components):
            for item in self._items(row, described):
                self.add_item(item)
        if paged:
            row = len(message.components)
            is_first, is_last = len(shown.cursors) < 2, message.next is None
            self.add_item(_PageButton(self.key, PREVIOUS, text("Previous"), row=row, disabled=is_first))
            self.add_item(_PageButton(self.key, NEXT, text("Next"), row=row, disabled=is_last))
        if not self.children:
            self.stop()

    def renewed(self) -> "AnswerView":
        """Return components that listen: these, or where they have gone dead, others for the same message."""
        if not self.is_finished():
            return self
        view = AnswerView(self.host, self._asked, public=self._public)
        view.rest = self.rest
        return view

    async def turn(self, interaction: AnyInteraction, button: str) -> None:
        """Show another page in place, by the rights that its reader has now."""
        shown = self._shown
        await self._call(interaction, Shown(shown.answer, shown.raw, self._wanted(button)))

    async def use(self, interaction: AnyInteraction, answer: Answer | None, given: Mapping[str, object]) -> None:
        """Call what a component calls, by the rights that its user has now."""
        if answer is None:
            await self._call(interaction, Shown(self._shown.answer, {**self._shown.raw, **given}))
        else:
            await self._call(interaction, Shown(answer, given))

    async def _call(self, interaction: AnyInteraction, shown: Shown) -> None:
        """Run one call at a time; a click meanwhile, such as the second of a double click, calls nothing."""
        if self._calling:
            await self.host.acknowledge(interaction)
            return
        self._calling = True
        try:
            under = _Turning(self, shown)
            await self.host.run(interaction, shown.answer, shown.given, public=self._public, under=under)
        finally:
            self._calling = False

    def _wanted(self, button: str) -> Cursors:
        """Return where a button leads; a button that leads nowhere (its state was old) shows the same page again."""
        cursors = self._shown.cursors
        if button == NEXT and self._next is not None:
            return (*cursors, self._next)
        return cursors[:-1] or cursors if button == PREVIOUS else cursors

    def _items(self, row: int, described: Row) -> "Sequence[discord.ui.Item[AnswerView]]":
        if isinstance(described, Select):
            return (_Select(described, self._id(row, 0), row=row),)
        return [
            _link_button(each, row=row)
            if isinstance(each, LinkButton)
            else _Button(each, self._id(row, column), row=row)
            for column, each in enumerate(described)
        ]

    def _id(self, row: int, column: int) -> str:
        """Return a custom id that no component of an earlier message in this place had."""
        return custom_id(self.key, f"{self._messages}-{row}-{column}")


@final
@dataclass(frozen=True, slots=True)
class _Turning:
    """What a click will show; the components change once it is shown, and not if it is refused."""

    view: AnswerView
    shown: Shown

    def following(self, message: Message, /) -> EditableView | None:
        """See `Under`."""
        view = self.view.renewed()  # they may have timed out while the answer was made
        view.follow(self.shown, message)
        return view


@final
class _PageButton(discord.ui.Button[AnswerView]):
    def __init__(self, key: str, name: str, label: str, *, row: int, disabled: bool) -> None:
        super().__init__(label=_plain(label, _BUTTON_LIMIT), custom_id=custom_id(key, name), row=row, disabled=disabled)
        self._name = name

    @override
    async def callback(self, interaction: AnyInteraction) -> None:
        if self.view is not None:
            await self.view.turn(interaction, self._name)


@final
class _Button(discord.ui.Button[AnswerView]):
    def __init__(self, described: Button, named: str, *, row: int) -> None:
        super().__init__(
            label=_plain(described.label, _BUTTON_LIMIT),
            custom_id=named,
            style=_STYLES[described.style],
            emoji=described.emoji,
            disabled=described.disabled,
            row=row,
        )
        self._described = described

    @override
    async def callback(self, interaction: AnyInteraction) -> None:
        if self.view is not None:
            await self.view.use(interaction, self._described.answer, self._described.given)


@final
class _Select(discord.ui.Select[AnswerView]):
    def __init__(self, described: Select, named: str, *, row: int) -> None:
        super().__init__(
            custom_id=named,
            placeholder=_plain(described.placeholder, _PLACEHOLDER_LIMIT) if described.placeholder else None,
            min_values=described.least,
            max_values=described.most,
            options=[_option(choice) for choice in described.choices],
            disabled=described.disabled,
            row=row,
        )
        self._described = described

    @override
    async def callback(self, interaction: AnyInteraction) -> None:
        if self.view is not None:
            chosen: object = self.values if self._described.most > 1 else self.values[0]
            await self.view.use(interaction, self._described.answer, {self._described.name: chosen})


def _option(choice: Choice) -> discord.SelectOption:
    return discord.SelectOption(
        label=_plain(choice.label, _CHOICE_LIMIT),
        value=choice.value,
        description=_plain(choice.description, _CHOICE_LIMIT) if choice.description else None,
        emoji=choice.emoji,
        default=choice.chosen,
    )


def _link_button(described: LinkButton, *, row: int) -> "discord.ui.Button[AnswerView]":
    return discord.ui.Button(
        label=_plain(described.label, _BUTTON_LIMIT), url=described.url, emoji=described.emoji, row=row
    )


def _plain(label: str, limit: int) -> str:
    """Return a label as Discord takes it: without markup, and not empty."""
    seen = visible(label)
    return cut(seen, limit) if seen.strip() else "\u200b"
