"""The wording of what answers of every context name: people, roles, channels, moments, spans of time, rates."""

from collections.abc import Iterable
from datetime import datetime

from twi_core.kernel.durations import spoken
from twi_core.kernel.facts import often
from twi_core.kernel.policy import Rate
from twi_discord.replies.markup import Markup, escape, join, mention, plural, say, timestamp


def person(user: int | None) -> Markup:
    """Return who did something; nobody stands for the bot's operator."""
    return say("the bot's operator") if user is None else mention("@", user)


def role(of: int) -> Markup:
    """Return a role by its name."""
    return mention("@&", of)


def channel(of: int) -> Markup:
    """Return a channel or a thread by its name."""
    return mention("#", of)


def moment(at: datetime) -> Markup:
    """Return a time, shown in the reader's zone."""
    return timestamp(at)


def span(seconds: float) -> Markup:
    """Return how long something lasts: `2 hours and 1 minute`."""
    return escape(spoken(seconds))


def rate(of: Rate) -> Markup:
    """Return how often something may be done, and by whom: `20 times in a minute, for each member`."""
    return escape(often(of))


def rates(found: Iterable[Rate]) -> Markup:
    """Return several rates that hold together."""
    return join("; ", map(rate, found))


def times(count: int) -> Markup:
    """Return how often something happened: `once`, `3 times`."""
    return plural("once", "{count} times", count)


def attribution(user: int | None, at: datetime) -> Markup:
    """Return by whom and when something was set: `set by @Mona 4 May 2025 12:00`."""
    return say("set by {person} {moment}", person=person(user), moment=moment(at))
