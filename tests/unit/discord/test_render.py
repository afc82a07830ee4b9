"""What is sent keeps within Discord's limits."""

from hypothesis import given
from hypothesis import strategies as st

from twi_core.kernel.errors import AppError, registered_errors
from twi_core.kernel.text import length
from twi_discord.replies.render import CONTENT_LIMIT, DESCRIPTION_LIMIT, EMBEDS_LIMIT, NO_MENTIONS, layout, refusal_text

LINES = st.lists(st.text(st.sampled_from("ab 😀*\\"), max_size=300), max_size=80).map("\n".join)


@given(LINES)
def test_messages_keep_to_the_limits_and_lose_nothing(text: str) -> None:
    """Content, descriptions and all embeds of a message together are short enough, and hold the whole text."""
    bodies = layout(text)
    for body in bodies:
        descriptions = [embed.description or "" for embed in body["embeds"]]
        assert length(body["content"]) <= CONTENT_LIMIT
        assert all(0 < length(description) <= DESCRIPTION_LIMIT for description in descriptions)
        assert sum(map(length, descriptions)) <= EMBEDS_LIMIT
        assert len(descriptions) <= 10
        assert body["allowed_mentions"] is NO_MENTIONS
    whole = "".join(body["content"] + "".join(e.description or "" for e in body["embeds"]) for body in bodies)
    assert whole == (text or "\u200b")


def test_every_refusal_fits_one_message() -> None:
    """The longest that any registered error can say of somebody's text fits, with hint, code and reference."""
    for code in registered_errors().values():
        told = AppError(code, dict.fromkeys(("title", "tag", "query", "field", "name", "found", "reason"), "*" * 100))
        text = refusal_text(told, "0123456789")
        assert length(text) <= CONTENT_LIMIT
        assert f"`{code.code}`" in text
        assert "`0123456789`" in text
