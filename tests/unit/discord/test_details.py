"""The facts of a value as Discord shows them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.kernel.facts import HOSTILE, TEXT_PLACES
from twi_core.kernel.facts import (
    Address,
    Block,
    Call,
    Code,
    Fact,
    FactValue,
    Lines,
    Listed,
    Person,
    Phrase,
    Prose,
    Secret,
)
from twi_core.kernel.ids import ChannelId, GuildId, RoleId, UserId
from twi_core.kernel.permissions import Level
from twi_core.kernel.policy import Rate, Scope
from twi_discord.replies.details import details, shown
from twi_discord.replies.message import Field

HARMLESS = re.compile(r"```.*?```|`[^`\n]*`|\\.", re.DOTALL)
"""Within code nothing acts, and no sign behind a backslash does."""
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "markup"),
    [
        (None, "none"),
        (True, "yes"),
        (False, "no"),
        (12, "12"),
        (Level.MODERATOR, "moderator"),
        ("*a*", "\\*a\\*"),
        (NOON, "<t:1767355200:f>"),
        (timedelta(hours=2), "2 hours"),
        (Rate(3, 60.0, Scope.MEMBER), "3 times a minute, for each member"),
        (UserId(7), "<@7>"),
        (RoleId(8), "<@&8>"),
        (ChannelId(9), "<#9>"),
        (GuildId(10), "`10`"),
        (Person(UserId(7)), "<@7>"),
        (Person(None), "the bot's operator"),
        (Code("links.add"), "`links.add`"),
        (Prose("one"), "one"),
        (Prose("one\ntwo"), "\n> one\n> two"),
        (Block("a\n  b"), "```\na\n  b\n```"),
        (Address("https://x.example/", preview=True), "https://x.example/"),
        (Address("https://x.example/"), "<https://x.example/>"),
        (Secret("twi_abc"), "not shown in a chat"),
        (
            Call("permissions.grant", {"permission": "links.add", "user": "7"}),
            "`permissions.grant permission=links.add user=7`",
        ),
        (Phrase("by ", Person(None)), "by the bot's operator"),
        (Listed((1, 2)), "1, 2"),
        (Listed((), "nobody"), "nobody"),
        (Lines((1, 2)), "\n- 1\n- 2"),
        (Lines(()), "none"),
    ],
    ids=str,
)
def test_each_kind_of_value_is_shown_in_its_way(value: FactValue, markup: str) -> None:
    """Users, roles, channels and times are rendered by Discord; everything else is text."""
    assert shown(value) == markup


def test_facts_are_the_fields_of_an_embed() -> None:
    """Each fact is a field under its label, the short ones side by side."""
    facts = (Fact("title", "map"), Fact("added", Phrase("by ", Person(None)), brief=False))
    assert details(facts) == (Field("Title", "map", inline=True), Field("Added", "by the bot's operator"))


@pytest.mark.parametrize("place", TEXT_PLACES)
@given(text=HOSTILE | st.sampled_from(["@everyone", "<@7>", "```", "a\nPreview: yes", "[a](https://evil.example)"]))
def test_no_text_acts_wherever_it_stands(place: str, text: str) -> None:
    """A text neither mentions, nor ends its code span, nor begins a line that looks like another fact."""
    (field,) = details([Fact("content", TEXT_PLACES[place](text))])
    found = f"{field.value}\nLast: yes"
    outside = HARMLESS.sub("", found)
    assert "`" not in outside
    assert not any(live in outside for live in ("@everyone", "<@7>", "[a](", "\nPreview"))
    assert not any(hidden in found for hidden in "\x1b\x9b\u202e\u2066\U000e0041")
