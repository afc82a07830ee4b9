"""The one place that builds discord.py's objects for what is shown: within Discord's limits, and pinging nobody."""

from collections.abc import Iterator, Sequence
from typing import Final, TypedDict, final

import discord

from twi_core.kernel.addresses import shown_url
from twi_core.kernel.text import length
from twi_discord.replies.markup import Text, safe, split, visible
from twi_discord.replies.message import Embed, Field, Message

CONTENT_LIMIT: Final = 2000
"""UTF-16 units of a message's text."""
DESCRIPTION_LIMIT: Final = 4096
"""UTF-16 units of an embed's description."""
EMBEDS_LIMIT: Final = 6000
"""UTF-16 units of all embeds of one message together."""
EMBEDS: Final = 10
"""Embeds of one message."""
TITLE_LIMIT: Final = 256
"""UTF-16 units of an embed's title, and of a field's name."""
VALUE_LIMIT: Final = 1024
"""UTF-16 units of a field's value."""
FOOTER_LIMIT: Final = 2048
"""UTF-16 units of an embed's footer."""
FIELDS: Final = 25
"""Fields of one embed."""
URL_LIMIT: Final = 2048
"""Characters of an address in an embed."""

NO_MENTIONS: Final = discord.AllowedMentions.none()

_BLANK: Final = "\u200b"
"""Stands where Discord wants something and there is nothing."""


class Body(TypedDict):
    """What one message is sent or edited with."""

    content: str
    embeds: list[discord.Embed]
    allowed_mentions: discord.AllowedMentions


def layout(message: Message) -> Sequence[Body]:
    """Lay text and embeds out in as few messages as Discord's limits allow. No part of them is lost.

    A text that is too long is shown as embeds. What is too long for its place in an embed goes on in the next one like
    it: a description or a footer in a further embed, a value in a further field; a title goes on below itself.
    """
    fits = length(message.text) <= CONTENT_LIMIT
    if fits and not message.embeds:
        return (_body(message.text or _BLANK),)
    embeds = [] if fits else [discord.Embed(description=part) for part in _descriptions(message.text)]
    embeds += [made for described in message.embeds for made in _Maker(described).made() if made]
    first, *rest = _packed(embeds)
    content = message.text if fits else ""
    return (_body(content if content or first else _BLANK, *first), *(_body("", *more) for more in rest))


def _body(content: str, *embeds: discord.Embed) -> Body:
    return Body(content=content, embeds=list(embeds), allowed_mentions=NO_MENTIONS)


def _descriptions(text: str) -> Iterator[str]:
    """Cut a text so that its parts fill as few messages as can be."""
    for whole in split(text, EMBEDS_LIMIT):
        yield from _parts(whole, DESCRIPTION_LIMIT)


def _packed(embeds: Sequence[discord.Embed]) -> Iterator[list[discord.Embed]]:
    """Put embeds together that fit one message."""
    together: list[discord.Embed] = []
    for embed in embeds:
        if len(together) == EMBEDS or sum(map(_size, (*together, embed))) > EMBEDS_LIMIT:
            yield together
            together = []
        together.append(embed)
    yield together


def _size(embed: discord.Embed) -> int:
    texts = (embed.title, embed.description, embed.footer.text, *(t for f in embed.fields for t in (f.name, f.value)))
    return sum(length(text) for text in texts if text)


@final
class _Maker:
    """The embeds that show one description: one, or several where it would pass a limit."""

    def __init__(self, described: Embed) -> None:
        self._described = described
        self._done: list[discord.Embed] = []
        self._current = discord.Embed(colour=described.colour)

    def made(self) -> Sequence[discord.Embed]:
        """Return them in order."""
        self._describe()
        for field in self._described.fields:
            self._add(field)
        self._dress()
        return (*self._done, self._current)

    def _describe(self) -> None:
        title, *rest = _parts(safe(self._described.title), TITLE_LIMIT) or [""]
        self._current.title = title or None
        self._current.url = _address(self._described.url) if title else None
        for part in _parts(_below(rest, self._described.description), DESCRIPTION_LIMIT):
            self._room(length(part), again=self._current.description is not None)
            self._current.description = part

    def _add(self, field: Field) -> None:
        name, *rest = _parts(safe(field.name), TITLE_LIMIT) or [_BLANK]
        for part in _parts(_below(rest, field.value), VALUE_LIMIT) or [_BLANK]:
            self._room(length(name) + length(part), again=len(self._current.fields) == FIELDS)
            self._current.add_field(name=name, value=part, inline=field.inline)
            name = _BLANK

    def _dress(self) -> None:
        for part in _parts(visible(self._described.footer), FOOTER_LIMIT):
            self._room(length(part), again=self._current.footer.text is not None)
            self._current.set_footer(text=part)
        self._current.timestamp = self._described.at
        self._current.set_image(url=_address(self._described.image))
        (*self._done, self._current)[0].set_thumbnail(url=_address(self._described.thumbnail))

    def _room(self, size: int, *, again: bool) -> None:
        """Begin a further embed where the current one cannot take so much more; `again` if it has that already."""
        if again or _size(self._current) + size > EMBEDS_LIMIT:
            self._done.append(self._current)
            self._current = discord.Embed(colour=self._described.colour)


def _below(rest: Sequence[str], text: Text) -> str:
    """Put what was too long for a title before what stands below it."""
    return "\n".join(part for part in ("".join(rest), safe(text)) if part)


def _parts(text: str, limit: int) -> list[str]:
    """Cut a text; Discord takes no part of blanks alone, and would not show them either."""
    return [part if part.strip() else _BLANK for part in split(text, limit)]


def _address(url: str | None) -> str | None:
    """Return an address that Discord takes; one that is none would cost the whole message."""
    shown = None if url is None else shown_url(url)
    return shown if shown is not None and len(shown) <= URL_LIMIT else None
