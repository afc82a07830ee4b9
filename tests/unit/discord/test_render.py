"""What is sent keeps within Discord's limits, and loses nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime

import discord
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from twi_core.kernel.errors import AppError, registered_errors
from twi_core.kernel.text import length
from twi_discord.replies.markup import Markup, escape, say
from twi_discord.replies.message import (
    Button,
    Choice,
    Embed,
    Field,
    LinkButton,
    Message,
    Select,
    refusal_text,
)
from twi_discord.replies.render import (
    CONTENT_LIMIT,
    DESCRIPTION_LIMIT,
    EMBEDS,
    EMBEDS_LIMIT,
    FIELDS,
    FOOTER_LIMIT,
    NO_MENTIONS,
    TITLE_LIMIT,
    VALUE_LIMIT,
    Body,
    layout,
)

BLANK = "\u200b"
LINES = st.lists(st.text(st.sampled_from("ab 😀*\\"), max_size=300), max_size=80).map("\n".join)
LONG = st.lists(st.sampled_from(("x" * 700, "😀 ", "\n", "**", "a", "b c")), max_size=9).map("".join)
DESCRIBED = st.builds(
    Embed,
    title=LONG,
    description=LONG,
    fields=st.lists(st.builds(Field, LONG, LONG), max_size=30),
    footer=LONG,
)


def check(bodies: Sequence[Body]) -> None:
    """Check every limit that Discord has."""
    for body in bodies:
        assert body["allowed_mentions"] is NO_MENTIONS
        assert length(body["content"]) <= CONTENT_LIMIT
        assert body["content"] or body["embeds"], "a message of nothing is none"
        assert len(body["embeds"]) <= EMBEDS
        assert sum(sum(map(length, texts(embed))) for embed in body["embeds"]) <= EMBEDS_LIMIT
        for embed in body["embeds"]:
            assert all(text.strip() for text in texts(embed))
            assert length(embed.title or "") <= TITLE_LIMIT
            assert length(embed.description or "") <= DESCRIPTION_LIMIT
            assert length(embed.footer.text or "") <= FOOTER_LIMIT
            assert len(embed.fields) <= FIELDS
            for field in embed.fields:
                assert 0 < length(field.name or "") <= TITLE_LIMIT
                assert 0 < length(field.value or "") <= VALUE_LIMIT


def texts(embed: discord.Embed) -> list[str]:
    """Return the texts of an embed in the order in which they are read."""
    fields = [text for field in embed.fields for text in (field.name, field.value)]
    return [text for text in (embed.title, embed.description, *fields, embed.footer.text) if text]


def read(bodies: Sequence[Body]) -> str:
    """Return all that is shown, without blanks."""
    shown = "".join(body["content"] + "".join("".join(texts(embed)) for embed in body["embeds"]) for body in bodies)
    return "".join(shown.replace(BLANK, "").split())


@given(LINES)
def test_messages_keep_to_the_limits_and_lose_nothing(text: str) -> None:
    """Content, descriptions and all embeds of a message together are short enough, and contain the whole text."""
    bodies = layout(Message(Markup(text)))
    check(bodies)
    whole = "".join(body["content"] + "".join(e.description or "" for e in body["embeds"]) for body in bodies)
    assert whole.replace(BLANK, "").split() == text.split()


@settings(deadline=None)
@given(LONG, st.lists(DESCRIBED, max_size=3))
@example("", [Embed(title="t" * 300, fields=[Field("n" * 300, "v" * 1024)] * 60, footer="f" * 5_000)])
@example("x" * 9_000, [Embed(description="d" * 9_000)] * 12)
def test_embeds_keep_to_the_limits_and_lose_nothing(text: str, embeds: list[Embed]) -> None:
    """Whatever is described, of any length, is shown in order and within every limit of Discord."""
    bodies = layout(Message(escape(text), embeds=embeds))
    check(bodies)
    wanted = escape(text) + "".join(map(_wanted, embeds))
    assert read(bodies) == "".join(wanted.split())


def _wanted(embed: Embed) -> str:
    facts = [part for field in embed.fields for part in (field.name, field.value)]
    return "".join(escape(str(part)) for part in (embed.title, embed.description, *facts)) + embed.footer


def test_texts_of_an_embed_are_escaped_unless_they_are_markup() -> None:
    """A plain text works as markup nowhere; a footer, which Discord does not format, is shown as it is."""
    embed = Embed(
        title="**t**",
        description="<@1>",
        fields=[Field("*n*", "@everyone"), Field(say("**n**"), 7)],
        footer="*f*\u202e",
    )
    (body,) = layout(Message(Markup(), embeds=(embed,)))
    (made,) = body["embeds"]
    assert texts(made) == ["\\*\\*t\\*\\*", "\\<@\u200b1\\>", "\\*n\\*", "@\u200beveryone", "**n**", "7", "*f*"]


def test_an_embed_has_what_was_described() -> None:
    """Addresses, colour, time and the place of fields arrive; an invalid address is left out."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    sound = "https://x.example/a"
    embed = Embed(
        title="t", fields=[Field("n", "v", inline=True)], url=sound, image=sound, thumbnail=sound, colour=7, at=at
    )
    (made,) = layout(Message(say("text"), embeds=(embed,)))[0]["embeds"]
    assert (made.url, made.image.url, made.thumbnail.url) == (sound,) * 3
    assert (made.colour and made.colour.value, made.timestamp, made.fields[0].inline) == (7, at, True)
    for wrong in ("javascript:alert(1)", "no address", "https://user@x.example/", "https://x.example/" + "a" * 2_100):
        bad = Embed(title="t", url=wrong, image=wrong, thumbnail=wrong)
        (made,) = layout(Message(say("text"), embeds=(bad,)))[0]["embeds"]
        assert (made.url, made.image.url, made.thumbnail.url) == (None,) * 3


def test_nothing_to_show_is_shown_as_nothing() -> None:
    """A message without text, and one whose embeds are empty, are still messages that Discord accepts."""
    for message in (Message(Markup()), Message(Markup(), embeds=(Embed(colour=7),))):
        check(layout(message))


def test_what_discord_would_refuse_cannot_be_described() -> None:
    """Too many rows, buttons or choices, an overlong value, and an unusable address are refused at declaration."""
    row = (Button("b"),)
    Message(Markup(), "cursor", components=(row,) * 4)
    with pytest.raises(ValueError, match="at most 5 rows"):
        Message(Markup(), "cursor", components=(row,) * 5)
    with pytest.raises(ValueError, match="at most 5 rows"):
        Message(Markup(), components=(row * 6,))
    for choices in ((), (Choice("a", "a"),) * 26, (Choice("a" * 101, "a"),)):
        with pytest.raises(ValueError, match="one to 25 choices"):
            Select(name="s", choices=choices)
    LinkButton("Open", "https://x.example/")
    for url in ("https://x.example/" + "a" * 500, "ftp://x.example/", "javascript:alert(1)", "https://", "a map", ""):
        with pytest.raises(ValueError, match="http or https address of at most 512"):
            LinkButton("Open", url)


def test_every_refusal_fits_one_message() -> None:
    """The longest that any registered error can say about a user's text fits, with hint, code and reference."""
    for code in registered_errors().values():
        error = AppError(code, dict.fromkeys(("title", "tag", "query", "field", "name", "found", "reason"), "*" * 100))
        text = refusal_text(error, "0123456789")
        assert length(text) <= CONTENT_LIMIT
        assert f"`{code.code}`" in text
        assert "`0123456789`" in text
