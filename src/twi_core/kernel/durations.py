"""Durations as people write and read them."""

import math
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from twi_core.kernel.errors import Kind, define_error
from twi_core.kernel.language import language, plural
from twi_core.kernel.text import TextError

INVALID_DURATION: Final = define_error(
    "input.invalid_duration",
    Kind.INVALID,
    message="{--field} isn't a duration from a minute to a year.",
    hint="Write a number followed by m, h, d or w, such as 90m, 12h, 7d or 2w: {usage}",
    otherwise="Write a number followed by m, h, d or w, such as 90m, 12h, 7d or 2w.",
    cause="A duration can't be read, or is shorter than a minute or longer than a year.",
    example={"field": "lasts"},
)

SHORTEST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(days=366)
_UNITS: Final[dict[str, timedelta]] = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_WRITTEN: Final = re.compile(r"([0-9]{1,6}) ?([mhdw])", re.ASCII | re.IGNORECASE)


def duration(written: str) -> timedelta:
    """Parse a duration such as `90m`, `12h`, `7d` or `2w`.

    Raises:
        TextError: the text isn't a duration between `SHORTEST` and `LONGEST`.
    """
    found = _WRITTEN.fullmatch(written.strip())
    if found is None:
        raise TextError(INVALID_DURATION)
    return check_duration(int(found[1]) * _UNITS[found[2].lower()])


def spoken(seconds: float) -> str:
    """Return a duration in words, in at most two units, rounded up: `a day`, `2 hours and 1 minute`, `7 seconds`."""
    left = math.ceil(seconds)
    for finest, from_ in ((3600, 86_400), (60, 3600)):  # nobody counts the minutes of days, or the seconds of hours
        if left > from_:
            left = math.ceil(left / finest) * finest
    days, left = divmod(left, 86_400)
    hours, left = divmod(left, 3600)
    minutes, left = divmod(left, 60)
    match days, hours, minutes, left:
        case count, 0, 0, 0 if count:
            return plural("a day", "{count} days", count)
        case 0, count, 0, 0 if count:
            return plural("an hour", "{count} hours", count)
        case 0, 0, count, 0 if count:
            return plural("a minute", "{count} minutes", count)
        case 0, 0, 0, count:
            return plural("a second", "{count} seconds", count)
        case _:
            return language().listed([*_units(days, hours, minutes, left)])


def _units(days: int, hours: int, minutes: int, seconds: int) -> Iterator[str]:
    if days:
        yield plural("{count} day", "{count} days", days)
    if hours:
        yield plural("{count} hour", "{count} hours", hours)
    if minutes:
        yield plural("{count} minute", "{count} minutes", minutes)
    if seconds:
        yield plural("{count} second", "{count} seconds", seconds)


def how_often(amount: int, seconds: float) -> str:
    """Return a rate in words: `once a day`, `30 times a minute`, `10 times in 90 seconds`."""
    match seconds:
        case 1:
            return plural("once a second", "{count} times a second", amount)
        case 60:
            return plural("once a minute", "{count} times a minute", amount)
        case 3600:
            return plural("once an hour", "{count} times an hour", amount)
        case 86_400:
            return plural("once a day", "{count} times a day", amount)
        case _:
            return plural("once in {span}", "{count} times in {span}", amount, span=spoken(seconds))


def check_duration(span: timedelta) -> timedelta:
    """Return a duration as it is stored: in whole minutes.

    Raises:
        TextError: it isn't between `SHORTEST` and `LONGEST`, or isn't in whole minutes.
    """
    if not SHORTEST <= span <= LONGEST or span % SHORTEST:
        raise TextError(INVALID_DURATION)
    return span


def written_duration(span: timedelta) -> str:
    """Format a duration in its largest unit, so that `duration` can parse it: `2w`, `36h`, `90m`."""
    unit = next(unit for unit in reversed(_UNITS) if not span % _UNITS[unit])
    return f"{span // _UNITS[unit]}{unit}"
