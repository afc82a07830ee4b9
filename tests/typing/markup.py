"""What may be shown in Discord: the type checker refuses text that nobody has escaped. Never run."""

from typing import assert_type

from twi_discord.replies.markup import Markup, code, join, say
from twi_discord.replies.message import Embed, Field, Message, dialog


def a_message_takes_markup_only(title: str) -> None:
    """A text, however it is put together, is no markup, and neither is what is made of markup."""
    Message(say("**{title}**", title=title))
    Message(title)  # type: ignore[arg-type]  # must be refused
    Message(f"**{title}**")  # type: ignore[arg-type]  # must be refused
    Message(f"{say('a')}")  # type: ignore[arg-type]  # must be refused
    Message(say("a") + title)  # type: ignore[arg-type]  # must be refused
    Message("\n".join((say("a"), say("b"))))  # type: ignore[arg-type]  # must be refused
    dialog("Title", (), NotImplemented, instead=title)  # type: ignore[arg-type]  # must be refused


def texts_within_are_escaped(title: str) -> None:
    """Where a text may stand too it is escaped, so that both are taken."""
    assert_type(say("{title} {code}", title=title, code=code(title)), Markup)
    assert_type(join(", ", (title, code(title), 7)), Markup)
    Embed(title=title, fields=(Field(title, say("a")),))
    say("{title}", title=None)  # type: ignore[arg-type]  # must be refused
