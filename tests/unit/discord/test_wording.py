"""Wording that many answers share is defined in one place."""

from datetime import UTC, datetime

from twi_core.kernel.policy import Rate, Scope
from twi_discord.replies.wording import attribution, channel, moment, person, rate, rates, role, span, times

NOON = datetime(2026, 1, 1, 12, 0, 30, tzinfo=UTC)


def test_mentions_and_times_are_written_as_discord_reads_them() -> None:
    """People, roles and channels are mentions, and a moment is shown in the reader's time zone."""
    assert (person(7), role(7), channel(7)) == ("<@7>", "<@&7>", "<#7>")
    assert person(None) == "the bot's operator"
    assert moment(NOON) == f"<t:{int(NOON.timestamp())}:f>"
    assert attribution(7, NOON) == f"set by <@7> {moment(NOON)}"


def test_rates_spans_and_counts_are_sentences() -> None:
    """They read as the command line and the API word them."""
    assert span(7261) == "2 hours and 2 minutes"
    assert rate(Rate(1, per=3600)) == "once an hour, for each member"
    assert rates((Rate(2, per=60), Rate(9, per=60, scope=Scope.EVERYONE))) == (
        "2 times a minute, for each member; 9 times a minute, for everyone together"
    )
    assert [times(count) for count in (1, 2)] == ["once", "2 times"]
