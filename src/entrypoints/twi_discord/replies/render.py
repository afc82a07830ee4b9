"""The one place that knows what Discord takes: lengths, embeds, and that nothing we send may ping anybody."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, TypedDict, final

import discord

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome
from twi_core.kernel.parameters import Parameter
from twi_core.kernel.text import length
from twi_discord.replies.markup import escape, split

CONTENT_LIMIT: Final = 2000
"""UTF-16 units of a message's text."""
DESCRIPTION_LIMIT: Final = 4096
"""UTF-16 units of an embed's description."""
EMBEDS_LIMIT: Final = 6000
"""UTF-16 units of all embeds of one message together."""

NO_MENTIONS: Final = discord.AllowedMentions.none()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """Describe a form that asks for values; see `twi_discord.components.dialogs.dialog`."""

    title: str
    fields: tuple[Parameter, ...]
    answer: "Answer"
    public: bool


@final
@dataclass(frozen=True, slots=True)
class Message:
    """Be what a presenter makes of a success: markup that is safe already, and the cursor of a page that follows.

    `opens` is a form that is shown in place of the text where Discord can open one. What is `private` is refused where
    others than the caller would read it.
    """

    text: str
    next: str | None = None
    opens: Dialog | None = None
    private: bool = False


Answer: TypeAlias = Callable[[Mapping[str, object], CallContext], Awaitable[Outcome[Message, AppError]]]
"""Answer raw input with what is to be shown, or refuse."""


class Body(TypedDict):
    """Hold what one message is sent or edited with."""

    content: str
    embeds: list[discord.Embed]
    allowed_mentions: discord.AllowedMentions


def layout(text: str) -> Sequence[Body]:
    """Lay a text out in as few messages as Discord's limits allow: as text, else as embeds. No part of it is lost."""
    if length(text) <= CONTENT_LIMIT:
        return (_body(text or "\u200b"),)
    return tuple(
        _body("", *(discord.Embed(description=part) for part in split(message, DESCRIPTION_LIMIT)))
        for message in split(text, EMBEDS_LIMIT)
    )


def cut(text: str, limit: int) -> str:
    """Fit a text into so many characters."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _body(content: str, *embeds: discord.Embed) -> Body:
    return Body(content=content, embeds=list(embeds), allowed_mentions=NO_MENTIONS)


def refusal_text(error: AppError, reference: str, more: str = "") -> str:
    """Tell what is wrong, what to do next, perhaps `more`, the code, and the reference that finds it in the log."""
    lines = [error.message(escape), error.hint(escape), more, f"-# `{error.code}` · reference `{reference}`"]
    return "\n".join(line for line in lines if line)
